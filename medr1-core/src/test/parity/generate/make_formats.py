"""Writes small files of every image format and variant, and what Pillow makes of them.

formats/FILE                  the files, a few hundred bytes each
formats/manifest.json         per file what Pillow opens it as, and the bytes of both ways of opening, or its error
formats/decoded.safetensors   RGB bytes (H, W, 3), of lossy files alone

    python make_formats.py --out DIR

needs Pillow, numpy, tifffile, imagecodecs, safetensors. The two ways of opening are those of make_images.py:
"open" is Image.open, alpha composited over white; "load_image" is exif_transpose, then convert("RGB").
"""
import argparse
import hashlib
import io
import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import PIL
import tifffile
from PIL import Image, ImageOps
from safetensors.numpy import save_file

warnings.filterwarnings("ignore")
FILES = {}
LOSSY = set()
RNG = np.random.default_rng(12)


def add(name, data, lossy=False):
    assert name not in FILES, name
    FILES[name] = bytes(data)
    if lossy:
        LOSSY.add(name)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def scene(width=18, height=12):
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 14, y * 21, (x * y * 3) % 256], -1) % 256
    rgb[2:6, 3:9] = (200, 30, 90)
    rgb[7:10, 10:16] = (20, 180, 240)
    return (rgb + RNG.integers(0, 9, rgb.shape)).clip(0, 255).astype(np.uint8)


RGB = scene()
SMOOTH = np.asarray(Image.fromarray(scene(72, 48)).resize((36, 24), Image.LANCZOS))
GRAY = RGB.mean(-1).astype(np.uint8)
ALPHA = np.linspace(0, 255, GRAY.size).reshape(GRAY.shape).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])
WIDE = (GRAY.astype(np.uint16) * 3)  # 16 bits, some of them below 256
IMAGE = Image.fromarray(RGB)


# Orientation ------------------------------------------------------------------------------------------------------


def exif(orientation, type=3, order=">", first=(), bytes_after=b""):
    """A TIFF structure whose last entry is the orientation, as SHORT (3), LONG (4), BYTE (1) and so on."""
    value = {1: "B3x", 3: "H2x", 4: "I", 6: "b3x", 8: "h2x", 9: "i", 7: "B3x", 11: "f"}[type]
    entries = [struct.pack(order + "HHI", tag, 3, 1) + struct.pack(order + "H2x", v) for tag, v in first]
    entries.append(struct.pack(order + "HHI", 274, type, 1) + struct.pack(order + value, orientation))
    head = b"MM\0*" if order == ">" else b"II*\0"
    body = struct.pack(order + "H", len(entries)) + b"".join(entries) + struct.pack(order + "I", 0)
    return head + struct.pack(order + "I", 8) + body + bytes_after


def big_exif(orientation):
    return (b"II+\0" + struct.pack("<HHQ", 8, 0, 16) + struct.pack("<Q", 1)
            + struct.pack("<HHQHxxxxxx", 274, 3, 1, orientation) + struct.pack("<Q", 0))


def xmp(orientation, element=False, quote='"'):
    text = f"<tiff:Orientation>{orientation}</tiff:Orientation>" if element else ""
    attribute = "" if element else f" tiff:Orientation={quote}{orientation}{quote}"
    return (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attribute}>{text}</rdf:Description>'
            f"</rdf:RDF></x:xmpmeta>").encode()


def jpeg(*segments, image=IMAGE, **options):
    plain = saved(image, "JPEG", quality=90, **options)
    body = b"".join(struct.pack(">BBH", 255, 0xE0 + app, len(data) + 2) + data for app, data in segments)
    return plain[:20] + body + plain[20:]  # behind SOI and JFIF


def png_chunks(*chunks, plain=None, before=b"IDAT"):
    plain = plain or saved(IMAGE, "PNG")
    body = b""
    for type, data in chunks:
        body += struct.pack(">I", len(data)) + type + data + struct.pack(">I", zlib.crc32(type + data))
    at = plain.index(before) - 4
    return plain[:at] + body + plain[at:]


def riff(*chunks):
    body = b"".join(t + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for t, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_chunks(data):
    at, out = 12, []
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 4)[0]
        out.append((data[at:at + 4], data[at + 8:at + 8 + length]))
        at += 8 + length + length % 2
    return out


def raw_profile(data, width=36):
    hexed = data.hex()
    lines = "\n".join(hexed[i:i + 72] for i in range(0, len(hexed), 72))
    return f"\nexif\n{len(data):8}\n{lines}\n".encode()


def orientations():
    e, x = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
    for o in range(0, 10):
        add(f"jpeg_exif_short_{o}.jpg", jpeg((1, e + exif(o))), lossy=True)
    for type, name in ((1, "byte"), (4, "long"), (6, "sbyte"), (8, "sshort"), (9, "slong"), (7, "undefined"), (11, "float")):
        add(f"jpeg_exif_{name}.jpg", jpeg((1, e + exif(6, type))), lossy=True)
    add("jpeg_exif_long_le.jpg", jpeg((1, e + exif(8, 4, "<"))), lossy=True)
    add("jpeg_exif_two_headers.jpg", jpeg((1, e + e + exif(6))), lossy=True)
    add("jpeg_exif_big.jpg", jpeg((1, e + big_exif(6))), lossy=True)
    add("jpeg_exif_after_others.jpg", jpeg((1, e + exif(6, first=((256, 18), (257, 12))))), lossy=True)
    add("jpeg_exif_twice_in_directory.jpg", jpeg((1, e + exif(6, first=((274, 3),)))), lossy=True)
    add("jpeg_exif_split.jpg", jpeg((1, e + exif(6)[:14]), (1, e + exif(6)[14:])), lossy=True)
    add("jpeg_xmp_then_exif.jpg", jpeg((1, x + xmp(3)), (1, e + exif(6))), lossy=True)
    add("jpeg_exif_1_xmp_6.jpg", jpeg((1, e + exif(1)), (1, x + xmp(6))), lossy=True)
    add("jpeg_exif_none_xmp_6.jpg", jpeg((1, e + exif(6).replace(b"\1\x12", b"\1\x13")), (1, x + xmp(6))), lossy=True)
    for o in (0, 2, 5, 6, 8, 9):
        add(f"jpeg_xmp_attribute_{o}.jpg", jpeg((1, x + xmp(o))), lossy=True)
    add("jpeg_xmp_element.jpg", jpeg((1, x + xmp(7, element=True))), lossy=True)
    add("jpeg_xmp_apostrophe.jpg", jpeg((1, x + xmp(6, quote="'"))), lossy=True)
    add("jpeg_xmp_twice.jpg", jpeg((1, x + xmp(3)), (1, x + xmp(6))), lossy=True)
    add("jpeg_xmp_and_extended.jpg",
        jpeg((1, x + xmp(6)), (1, b"http://ns.adobe.com/xmp/extension/\0" + xmp(3))), lossy=True)
    add("jpeg_photoshop_xmp.jpg", jpeg((13, b"Photoshop 3.0\0"), (14, b"Adobe\0\x64\0\0\0\0\1"), (1, x + xmp(6))), lossy=True)
    add("jpeg_iptc_then_exif.jpg", jpeg((2, b"ICC_PROFILE\0\1\1xx"), (1, e + exif(5, 4, "<"))), lossy=True)
    add("jpeg_exif_broken_xmp_6.jpg", jpeg((1, e + b"MM\0*\0\0\0\x99"), (1, x + xmp(6))), lossy=True)
    add("jpeg_exif_app1_later.jpg", jpeg((12, b"Ducky\0\1\0\4\0\0\0\x50\0\0"), (1, e + exif(6))), lossy=True)
    add("png_exif.png", png_chunks((b"eXIf", exif(6))))
    add("png_exif_long.png", png_chunks((b"eXIf", exif(6, 4, "<"))))
    add("png_exif_with_header.png", png_chunks((b"eXIf", e + exif(6))))
    add("png_exif_after_data.png", png_chunks((b"eXIf", exif(6)), before=b"IEND"))
    add("png_raw_text.png", png_chunks((b"tEXt", b"Raw profile type exif\0" + raw_profile(e + exif(6)))))
    add("png_raw_ztxt.png", png_chunks((b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(e + exif(8))))))
    add("png_raw_itxt.png", png_chunks((b"iTXt", b"Raw profile type exif\0\0\0\0\0" + raw_profile(e + exif(3)))))
    add("png_raw_after_data.png",
        png_chunks((b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(e + exif(6)))), before=b"IEND"))
    add("png_raw_app1.png", png_chunks((b"tEXt", b"Raw profile type APP1\0" + raw_profile(e + exif(6)))))
    add("png_raw_and_exif.png",
        png_chunks((b"tEXt", b"Raw profile type exif\0" + raw_profile(e + exif(3))), (b"eXIf", exif(6))))
    add("png_text_exif.png", png_chunks((b"tEXt", b"exif\0" + e + exif(6))))
    key = b"XML:com.adobe.xmp\0"
    add("png_xmp.png", png_chunks((b"iTXt", key + b"\0\0\0\0" + xmp(6))))
    add("png_xmp_element.png", png_chunks((b"iTXt", key + b"\0\0\0\0" + xmp(8, element=True))))
    add("png_xmp_compressed.png", png_chunks((b"iTXt", key + b"\1\0\0\0" + zlib.compress(xmp(6)))))
    add("png_xmp_text.png", png_chunks((b"tEXt", key + xmp(6))))
    add("png_xmp_ztxt.png", png_chunks((b"zTXt", key + b"\0" + zlib.compress(xmp(6)))))
    add("png_xmp_not_utf8.png", png_chunks((b"iTXt", key + b"\0\0\0\0\xff" + xmp(6))))
    add("png_xmp_after_data.png", png_chunks((b"iTXt", key + b"\0\0\0\0" + xmp(6)), before=b"IEND"))
    add("png_exif_1_xmp_6.png", png_chunks((b"eXIf", exif(1)), (b"iTXt", key + b"\0\0\0\0" + xmp(6))))
    plain = webp_chunks(saved(IMAGE, "WEBP", lossless=True))
    size = struct.pack("<I", RGB.shape[1] - 1)[:3] + struct.pack("<I", RGB.shape[0] - 1)[:3]
    add("webp_exif.webp", riff((b"VP8X", b"\x08\0\0\0" + size), *plain, (b"EXIF", exif(6))))
    add("webp_exif_with_header.webp", riff((b"VP8X", b"\x08\0\0\0" + size), *plain, (b"EXIF", e + exif(6, 4))))
    add("webp_xmp.webp", riff((b"VP8X", b"\x04\0\0\0" + size), *plain, (b"XMP ", xmp(6))))
    add("webp_exif_1_xmp_6.webp", riff((b"VP8X", b"\x0c\0\0\0" + size), *plain, (b"EXIF", exif(1)), (b"XMP ", xmp(6))))
    for o in range(1, 9):
        add(f"tiff_orientation_{o}.tif", saved(IMAGE, "TIFF", tiffinfo={274: o}, compression="tiff_lzw"))
    add("tiff_orientation_raw_6.tif", saved(IMAGE, "TIFF", tiffinfo={274: 6}))
    add("tiff_orientation_9.tif", saved(IMAGE, "TIFF", tiffinfo={274: 9}))
    add("tiff_xmp.tif", saved(IMAGE, "TIFF", tiffinfo={700: xmp(6)}))
    add("tiff_xmp_orientation_1.tif", saved(IMAGE, "TIFF", tiffinfo={700: xmp(6), 274: 1}))
    add("tiff_orientation_long.tif", tiff_entry(saved(IMAGE, "TIFF", tiffinfo={274: 6}), 274, type=4))
    big = saved(IMAGE, "TIFF", big_tiff=True, tiffinfo={274: 8})
    add("tiff_big_orientation.tif", big)


def tiff_entry(data, tag, type=None, value=None):
    """Rewrites one entry of the first directory of a little-endian TIFF."""
    data = bytearray(data)
    at = struct.unpack_from("<I", data, 4)[0]
    for i in range(struct.unpack_from("<H", data, at)[0]):
        entry = at + 2 + 12 * i
        if struct.unpack_from("<H", data, entry)[0] == tag:
            if type is not None:
                struct.pack_into("<H", data, entry + 2, type)
            if value is not None:
                struct.pack_into("<I", data, entry + 8, value)
            return bytes(data)
    raise KeyError(tag)


# Formats ----------------------------------------------------------------------------------------------------------


def png():
    pal = IMAGE.quantize(16)
    twice = pal.copy()
    colours = twice.getpalette()[:48]
    colours[6:9] = colours[15:18]  # entries 2 and 5 have the same colour
    twice.putpalette(colours)
    add("png_palette_same_colour_trns.png", saved(twice, "PNG", transparency=5))
    add("png_palette_alphas.png", saved(pal, "PNG", transparency=bytes([0, 90, 200, 255, 255, 0])))
    add("png_palette_short_trns.png", saved(pal, "PNG", transparency=bytes([255, 0])))
    for bits in (1, 2, 4):
        add(f"png_palette_{bits}_trns.png", saved(IMAGE.quantize(1 << bits), "PNG", bits=bits, transparency=1))
    level = int(GRAY[3, 3])
    add("png_gray_trns.png", saved(Image.fromarray(GRAY), "PNG", transparency=level))
    colour = tuple(int(v) for v in RGB[3, 4])
    add("png_rgb_trns.png", saved(IMAGE, "PNG", transparency=colour))
    one = Image.fromarray(GRAY).convert("1")
    for value in (0, 1):
        add(f"png_1_trns_{value}.png", png_chunks((b"tRNS", struct.pack(">H", value)), plain=saved(one, "PNG")))
    for bits in (2, 4):
        add(f"png_gray_{bits}.png", low_png(bits))
        add(f"png_gray_{bits}_trns.png", png_chunks((b"tRNS", struct.pack(">H", 2)), plain=low_png(bits)))
        add(f"png_gray_{bits}_trns_scaled.png", png_chunks((b"tRNS", struct.pack(">H", 170)), plain=low_png(bits)))
    for type, samples in ((0, 1), (2, 3), (4, 2), (6, 4)):
        values = RNG.integers(0, 65536, (7, 9, samples)).astype(np.uint16)
        if type == 0:
            values[1:3] = RNG.integers(0, 300, (2, 9, 1))
        add(f"png_16_type{type}.png", png16(values, type))
        if type in (0, 2):
            values[4, 2:5] = (77, 88, 99)[:samples]
            data = png16(values, type)
            add(f"png_16_type{type}_trns.png",
                png_chunks((b"tRNS", struct.pack(f">{samples}H", *(77, 88, 99)[:samples])), plain=data))
            add(f"png_16_type{type}_trns_wide.png",
                png_chunks((b"tRNS", struct.pack(f">{samples}H", *values[0, 0])), plain=data))
    add("png_interlaced.png", adam7(RGB))
    add("png_rgba.png", saved(Image.fromarray(RGBA), "PNG"))
    frames = [Image.fromarray(np.roll(RGB, i, 0)) for i in range(2)]
    add("png_animated.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    add("png_animated_default.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True))
    add("png_gamma.png", png_chunks((b"gAMA", struct.pack(">I", 100000)), before=b"IDAT"))


def png_file(width, height, bits, type, rows, interlace=0):
    data = b"".join(b"\0" + r for r in rows)
    out = b"\x89PNG\r\n\x1a\n"
    for name, body in ((b"IHDR", struct.pack(">IIBBBBB", width, height, bits, type, 0, 0, interlace)),
                       (b"IDAT", zlib.compress(data)), (b"IEND", b"")):
        out += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return out


def low_png(bits):
    values = (GRAY >> (8 - bits)).astype(np.uint8)
    return png_file(values.shape[1], values.shape[0], bits, 0, [pack(r, bits) for r in values])


def pack(row, bits):
    text = "".join(format(int(v), f"0{bits}b") for v in row)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def png16(values, type):
    height, width = values.shape[:2]
    return png_file(width, height, 16, type, [r.astype(">u2").tobytes() for r in values])


def adam7(rgb):
    rows = []
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = rgb[y0::dy, x0::dx]
        if part.size:
            rows += [r.tobytes() for r in part]
    return png_file(rgb.shape[1], rgb.shape[0], 8, 2, rows, interlace=1)


def gif_file(indices, palette, local=None, canvas=None, at=(0, 0), interlace=False, transparent=None, background=0,
             head=b"GIF89a", more=b"", extension=b""):
    """A GIF whose frame is coded without compression: a clear code before the table grows."""
    height, width = indices.shape
    cw, ch = canvas or (width, height)
    bits = 0 if palette is None else int(np.log2(len(palette)))
    out = head + struct.pack("<HHBBB", cw, ch, 0 if palette is None else 0x80 | (bits - 1), background, 0)
    out += b"" if palette is None else np.asarray(palette, np.uint8).tobytes()
    out += extension
    if transparent is not None:
        out += b"!\xf9\4" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    flags = 0x40 if interlace else 0
    if local is not None:
        flags |= 0x80 | (int(np.log2(len(local))) - 1)
    out += b"," + struct.pack("<HHHHB", *at, width, height, flags)
    out += b"" if local is None else np.asarray(local, np.uint8).tobytes()
    rows = list(indices)
    if interlace:
        rows = rows[0::8] + rows[4::8] + rows[2::4] + rows[1::2]
    codes, size = [], 8
    for i, value in enumerate(np.concatenate(rows)):
        if i % 200 == 0:
            codes.append(256)
        codes.append(int(value))
    codes.append(257)
    number = sum(code << (9 * i) for i, code in enumerate(codes))
    data = number.to_bytes((9 * len(codes) + 7) // 8, "little")
    out += bytes([size])
    for i in range(0, len(data), 255):
        out += bytes([len(data[i:i + 255])]) + data[i:i + 255]
    return out + b"\0" + more + b";"


def gif():
    indices = (GRAY >> 4).astype(np.uint8)
    palette = RNG.integers(0, 256, (16, 3))
    other = RNG.integers(0, 256, (16, 3))
    same = palette.copy()
    same[2] = same[9]
    gray = np.repeat(np.arange(16)[:, None], 3, 1)
    add("gif_87.gif", gif_file(indices, palette, head=b"GIF87a"))
    add("gif_transparent.gif", gif_file(indices, palette, transparent=5))
    add("gif_transparent_same_colour.gif", gif_file(indices, same, transparent=2))
    add("gif_transparent_outside.gif", gif_file(indices, palette, transparent=200))
    add("gif_interlaced.gif", gif_file(indices, palette, interlace=True))
    add("gif_local.gif", gif_file(indices, palette, local=other))
    add("gif_local_only.gif", gif_file(indices, None, local=other))
    add("gif_no_palette.gif", gif_file(indices * 16, None))
    add("gif_index_palette.gif", gif_file(indices, gray))
    add("gif_small_frame.gif", gif_file(indices, palette, canvas=(26, 20), at=(5, 3), background=7))
    add("gif_small_frame_transparent.gif", gif_file(indices, palette, canvas=(26, 20), at=(5, 3), transparent=4, background=7))
    add("gif_small_frame_local.gif", gif_file(indices, palette, local=other, canvas=(26, 20), at=(5, 3), background=7))
    add("gif_frame_beyond_canvas.gif", gif_file(indices, palette, canvas=(10, 8), at=(2, 1)))
    add("gif_index_beyond_palette.gif", gif_file(indices, palette[:8]))
    add("gif_index_beyond_local.gif", gif_file(indices, palette, local=other[:4]))
    add("gif_comment.gif", gif_file(indices, palette, extension=b"!\xfe\5hello\0!\xff\x0bNETSCAPE2.0\3\1\0\0\0"))
    frames = [Image.fromarray(np.roll(RGB, i * 3, 1)).quantize(32) for i in range(3)]
    add("gif_animated.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40))
    add("gif_compressed.gif", saved(Image.fromarray(np.tile(RGB, (6, 6, 1))).quantize(64), "GIF"))
    add("gif_gray.gif", saved(Image.fromarray(GRAY), "GIF"))
    add("gif_one.gif", saved(Image.fromarray(GRAY).convert("1"), "GIF"))
    pal = IMAGE.quantize(8)
    add("gif_saved_transparent.gif", saved(pal, "GIF", transparency=3))


def webp():
    smooth = Image.fromarray(SMOOTH)
    alpha = Image.fromarray(np.dstack([SMOOTH, np.linspace(0, 255, SMOOTH[..., 0].size).reshape(SMOOTH.shape[:2])]).astype(np.uint8))
    add("webp_lossless.webp", saved(IMAGE, "WEBP", lossless=True))
    add("webp_lossless_alpha.webp", saved(Image.fromarray(RGBA), "WEBP", lossless=True, exact=True))
    add("webp_lossless_palette.webp", saved(IMAGE.quantize(8).convert("RGB"), "WEBP", lossless=True))
    add("webp_lossless_two_colours.webp", saved(Image.fromarray(GRAY).convert("1").convert("RGB"), "WEBP", lossless=True))
    add("webp_lossless_large.webp", saved(Image.fromarray(np.tile(RGB, (5, 7, 1))), "WEBP", lossless=True, method=6))
    for quality in (10, 75, 100):
        add(f"webp_lossy_{quality}.webp", saved(smooth, "WEBP", quality=quality), lossy=True)
    add("webp_lossy_noise.webp", saved(Image.fromarray(RNG.integers(0, 256, (33, 35, 3), dtype=np.uint8)), "WEBP"), lossy=True)
    add("webp_lossy_odd.webp", saved(smooth.crop((0, 0, 35, 23)), "WEBP", quality=80), lossy=True)
    add("webp_lossy_tiny.webp", saved(smooth.crop((0, 0, 1, 1)), "WEBP", quality=80), lossy=True)
    add("webp_lossy_column.webp", saved(smooth.crop((0, 0, 1, 9)), "WEBP", quality=80), lossy=True)
    add("webp_lossy_alpha.webp", saved(alpha, "WEBP", quality=80, exact=True), lossy=True)
    add("webp_lossy_alpha_lossy.webp", saved(alpha, "WEBP", quality=80, alpha_quality=40), lossy=True)
    frames = [Image.fromarray(np.roll(RGBA, i * 3, 1)) for i in range(3)]
    add("webp_animated.webp", saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, exact=True))
    opaque = [Image.fromarray(np.roll(SMOOTH, i * 3, 1)) for i in range(3)]
    add("webp_animated_lossy.webp", saved(opaque[0], "WEBP", save_all=True, append_images=opaque[1:], quality=80), lossy=True)
    inner = webp_chunks(saved(IMAGE, "WEBP", lossless=True))[0]
    header = lambda w, h, flags: bytes([flags, 0, 0, 0]) + struct.pack("<I", w - 1)[:3] + struct.pack("<I", h - 1)[:3]
    u24 = lambda v: struct.pack("<I", v)[:3]
    frame = u24(2) + u24(3) + u24(17) + u24(11) + u24(100)
    for flags, blend, name in ((0x02, 0, "opaque"), (0x12, 0, "alpha"), (0x12, 2, "no_blend")):
        body = frame + bytes([blend]) + inner[0] + struct.pack("<I", len(inner[1])) + inner[1] + b"\0" * (len(inner[1]) % 2)
        add(f"webp_animated_offset_{name}.webp",
            riff((b"VP8X", header(28, 22, flags)), (b"ANIM", b"\x10\x20\x30\xff\0\0"), (b"ANMF", body)))
    ra = webp_chunks(saved(Image.fromarray(RGBA), "WEBP", lossless=True, exact=True))
    bits = [c for c in ra if c[0] == b"VP8L"][0]
    body = frame + b"\0" + bits[0] + struct.pack("<I", len(bits[1])) + bits[1] + b"\0" * (len(bits[1]) % 2)
    add("webp_animated_offset_rgba.webp",
        riff((b"VP8X", header(28, 22, 0x12)), (b"ANIM", b"\x10\x20\x30\xff\0\0"), (b"ANMF", body)))
    add("webp_icc.webp", saved(IMAGE, "WEBP", lossless=True, icc_profile=b"x" * 200))
    add("webp_named.png", saved(IMAGE, "WEBP", lossless=True))


def bmp_file(bits, rows, width, height, header=40, compression=0, palette=b"", masks=b"", colours=0):
    size = len(b"".join(rows))
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, size, 2835, 2835, colours, 0)
        if header > 40:
            info += masks.ljust(header - 40, b"\0")
            masks = b""
    offset = 14 + len(info) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + size, 0, 0, offset) + info + masks + palette + b"".join(rows)


def padded(row):
    return row + b"\0" * (-len(row) % 4)


def bmp():
    height, width = GRAY.shape
    up = RGB[::-1]
    palette = RNG.integers(0, 256, (256, 4)).astype(np.uint8)
    palette[:, 3] = 0
    for bits in (1, 4, 8):
        values = (GRAY >> (8 - bits))[::-1]
        rows = [padded(pack(r, bits)) for r in values]
        add(f"bmp_{bits}.bmp", bmp_file(bits, rows, width, height, palette=palette[:1 << bits].tobytes()))
        add(f"bmp_{bits}_os2.bmp", bmp_file(bits, rows, width, height, header=12, palette=palette[:1 << bits, :3].tobytes()))
        gray = np.zeros((1 << bits, 4), np.uint8)
        gray[:, :3] = (np.arange(1 << bits) if bits > 1 else np.array([0, 255]))[:, None]
        add(f"bmp_{bits}_gray.bmp", bmp_file(bits, rows, width, height, palette=gray.tobytes()))
    few = [padded(bytes(r)) for r in (GRAY[::-1] % 10)]
    add("bmp_8_few_colours.bmp", bmp_file(8, few, width, height, palette=palette[:10].tobytes(), colours=10))
    add("bmp_1_inverted.bmp", bmp_file(1, [padded(pack(r, 1)) for r in (GRAY >> 7)[::-1]], width, height,
                                       palette=b"\xff\xff\xff\0\0\0\0\0"))
    values = RNG.integers(0, 65536, (height, width)).astype("<u2")
    rows16 = [padded(r.tobytes()) for r in values]
    add("bmp_16.bmp", bmp_file(16, rows16, width, height))
    add("bmp_16_565.bmp", bmp_file(16, rows16, width, height, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
    add("bmp_16_555.bmp", bmp_file(16, rows16, width, height, compression=3, masks=struct.pack("<III", 0x7C00, 0x3E0, 0x1F)))
    add("bmp_16_444.bmp", bmp_file(16, rows16, width, height, compression=3, masks=struct.pack("<III", 0xF00, 0xF0, 0xF)))
    rows24 = [padded(r[:, ::-1].tobytes()) for r in up]
    for header in (12, 40, 64, 108, 124):
        add(f"bmp_24_header{header}.bmp", bmp_file(24, rows24, width, height, header=header))
    add("bmp_24_top_down.bmp", bmp_file(24, rows24[::-1], width, -height))
    quads = np.dstack([up[..., ::-1], ALPHA])
    rows32 = [r.tobytes() for r in quads]
    add("bmp_32.bmp", bmp_file(32, rows32, width, height))
    add("bmp_32_top_down.bmp", bmp_file(32, rows32[::-1], width, -height))
    usual = (0xFF0000, 0xFF00, 0xFF)
    for name, masks in (("bgrx", usual + (0,)), ("bgra", usual + (0xFF000000,)), ("rgba", (0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
                        ("xbgr", (0xFF000000, 0xFF0000, 0xFF00, 0)), ("abgr", (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
                        ("zero", (0, 0, 0, 0)), ("odd", (0x3FF00000, 0xFFC00, 0x3FF, 0))):
        add(f"bmp_32_{name}.bmp", bmp_file(32, rows32, width, height, header=108, compression=3, masks=struct.pack("<IIII", *masks)))
    add("bmp_32_fields_40.bmp", bmp_file(32, rows32, width, height, compression=3, masks=struct.pack("<III", *usual)))
    for top in (False, True):
        data = b""
        for row in (GRAY >> 5 if top else GRAY[::-1] >> 5):
            for v, n in runs(row):
                data += bytes([n, int(v)])
            data += b"\0\0"
        if not top:
            add("bmp_rle8.bmp", bmp_file(8, [data + b"\0\1"], width, height, compression=1, palette=palette.tobytes()))
    mixed = b""
    for row in GRAY[::-1]:
        mixed += b"\0" + bytes([width]) + bytes(row) + (b"\0" if width % 2 else b"") + b"\0\0"
    add("bmp_rle8_absolute.bmp", bmp_file(8, [mixed + b"\0\1"], width, height, compression=1, palette=palette.tobytes()))
    add("bmp_rle8_delta.bmp", bmp_file(8, [b"\5\3\0\2\4\2\6\7\0\0\3\1\0\1"], width, height, compression=1, palette=palette.tobytes()))
    data = b""
    for row in GRAY[::-1] >> 4:
        for v, n in runs(row):
            data += bytes([n, int(v) << 4 | int(v)])
        data += b"\0\0"
    add("bmp_rle4.bmp", bmp_file(4, [data + b"\0\1"], width, height, compression=2, palette=palette[:16].tobytes()))
    data = b""
    for row in GRAY[::-1] >> 4:
        data += b"\0" + bytes([width]) + pack(row, 4) + (b"\0" if (width + 1) // 2 % 2 else b"") + b"\0\0"
    add("bmp_rle4_absolute.bmp", bmp_file(4, [data + b"\0\1"], width, height, compression=2, palette=palette[:16].tobytes()))
    add("bmp_rle4_alternating.bmp", bmp_file(4, [b"\x12\x3a\0\0\x07\x51\0\0" * 6 + b"\0\1"], width, height, compression=2,
                                             palette=palette[:16].tobytes()))
    add("bmp_pillow_gray.bmp", saved(Image.fromarray(GRAY), "BMP"))
    add("bmp_pillow_1.bmp", saved(Image.fromarray(GRAY).convert("1"), "BMP"))
    add("bmp_pillow_rgba.bmp", saved(Image.fromarray(RGBA), "BMP"))
    add("bmp_pillow_palette.bmp", saved(IMAGE.quantize(32), "BMP"))


def runs(row):
    out = []
    for v in row:
        if out and out[-1][0] == v and out[-1][1] < 255:
            out[-1][1] += 1
        else:
            out.append([v, 1])
    return out


def tiff(name, array, lossy=False, **options):
    out = io.BytesIO()
    options.setdefault("metadata", None)
    tifffile.imwrite(out, array, **options)
    add(f"tiff_{name}.tif", out.getvalue(), lossy)


def tiffs():
    signed = (WIDE.astype(np.int32) - 200).astype(np.int16)
    floats = (WIDE.astype(np.float32) / 2.5 - 40.25)
    floats[0, :4] = (np.nan, np.inf, -np.inf, 254.999)
    for compression in (None, "packbits", "lzw", "deflate", "zstd", "lzma"):
        c = compression or "none"
        tiff(f"rgb_{c}", RGB, photometric="rgb", compression=compression)
        tiff(f"gray16_{c}", WIDE, photometric="minisblack", compression=compression)
        tiff(f"float_{c}", floats, photometric="minisblack", compression=compression)
        tiff(f"rgba_{c}", RGBA, photometric="rgb", extrasamples=["unassalpha"], compression=compression)
        tiff(f"rgb_associated_{c}", np.dstack([RGB * (ALPHA[..., None] / 255.0), ALPHA]).astype(np.uint8),
             photometric="rgb", extrasamples=["assocalpha"], compression=compression)
    for c in ("lzw", "deflate", "zstd"):
        tiff(f"rgb_{c}_predictor", RGB, photometric="rgb", compression=c, predictor=True)
        tiff(f"gray16_{c}_predictor", WIDE, photometric="minisblack", compression=c, predictor=True)
        tiff(f"float_{c}_predictor3", floats, photometric="minisblack", compression=c, predictor=3)
        tiff(f"gray16_be_{c}_predictor", WIDE, photometric="minisblack", compression=c, predictor=True, byteorder=">")
    for order, name in (("<", "le"), (">", "be")):
        for c in (None, "lzw"):
            tag = f"{name}_{c or 'none'}"
            tiff(f"o_gray16_{tag}", WIDE, photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_gray16_white_{tag}", WIDE, photometric="miniswhite", byteorder=order, compression=c)
            tiff(f"o_signed16_{tag}", signed, photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_int32_{tag}", WIDE.astype(np.int32) - 200, photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_uint32_{tag}", WIDE.astype(np.uint32), photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_float_{tag}", floats, photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_double_{tag}", floats.astype(np.float64), photometric="minisblack", byteorder=order, compression=c)
            tiff(f"o_half_{tag}", floats.astype(np.float16), photometric="minisblack", byteorder=order, compression=c)
            wide = RNG.integers(0, 65536, (5, 7, 4)).astype(np.uint16)
            tiff(f"o_rgb16_{tag}", wide[..., :3], photometric="rgb", byteorder=order, compression=c)
            tiff(f"o_rgba16_{tag}", wide, photometric="rgb", extrasamples=["unassalpha"], byteorder=order, compression=c)
            tiff(f"o_rgba16_assoc_{tag}", wide, photometric="rgb", extrasamples=["assocalpha"], byteorder=order, compression=c)
            tiff(f"o_rgbx16_{tag}", wide, photometric="rgb", extrasamples=["unspecified"], byteorder=order, compression=c)
            tiff(f"o_cmyk16_{tag}", wide, photometric="separated", byteorder=order, compression=c)
            tiff(f"o_int8_{tag}", GRAY.astype(np.int8), photometric="minisblack", byteorder=order, compression=c)
    for c in (None, "lzw", "deflate"):
        tag = c or "none"
        tiff(f"white8_{tag}", GRAY, photometric="miniswhite", compression=c)
        tiff(f"cmyk_{tag}", RGBA, photometric="separated", compression=c)
        tiff(f"la_{tag}", np.dstack([GRAY, ALPHA]), photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig", compression=c)
        tiff(f"la_assoc_{tag}", np.dstack([np.minimum(GRAY, ALPHA), ALPHA]), photometric="minisblack", extrasamples=["assocalpha"], planarconfig="contig", compression=c)
        tiff(f"lx_{tag}", np.dstack([GRAY, ALPHA]), photometric="minisblack", extrasamples=["unspecified"], planarconfig="contig", compression=c)
        tiff(f"rgbx_{tag}", RGBA, photometric="rgb", extrasamples=["unspecified"], compression=c)
        tiff(f"rgb_planar_{tag}", np.ascontiguousarray(RGB.transpose(2, 0, 1)), photometric="rgb", planarconfig="separate", compression=c)
        tiff(f"rgba_planar_{tag}", np.ascontiguousarray(RGBA.transpose(2, 0, 1)), photometric="rgb", planarconfig="separate", extrasamples=["unassalpha"], compression=c)
        tiff(f"rgb16_planar_{tag}", np.ascontiguousarray(RGB.transpose(2, 0, 1)).astype(np.uint16) * 200, photometric="rgb", planarconfig="separate", compression=c)
        big = np.tile(RGB, (4, 3, 1))
        tiff(f"tiled_{tag}", big, photometric="rgb", tile=(16, 16), compression=c)
        tiff(f"tiled_planar_{tag}", np.ascontiguousarray(big.transpose(2, 0, 1)), photometric="rgb", planarconfig="separate", tile=(16, 32), compression=c)
        tiff(f"tiled16_{tag}", np.tile(WIDE, (3, 3)), photometric="minisblack", tile=(16, 16), compression=c)
        tiff(f"strips_{tag}", big, photometric="rgb", rowsperstrip=5, compression=c)
        palette = RNG.integers(0, 65536, (3, 256)).astype(np.uint16)
        tiff(f"palette_{tag}", GRAY, photometric="palette", colormap=palette, compression=c)
        tiff(f"one_{tag}", GRAY > 127, photometric="minisblack", compression=c) if c != "none" else None
        tiff(f"big_{tag}", RGB, photometric="rgb", bigtiff=True, compression=c)
        tiff(f"big_gray16_be_{tag}", WIDE, photometric="minisblack", bigtiff=True, byteorder=">", compression=c)
    for bits in (2, 4):
        for photometric in ("minisblack", "miniswhite"):
            tiff(f"bits{bits}_{photometric}", GRAY >> (8 - bits), photometric=photometric, bitspersample=bits)
    for bits in (10, 12, 14):
        tiff(f"bits{bits}", WIDE.astype(np.uint16) % (1 << bits), photometric="minisblack", bitspersample=bits)
    tiff("pages", np.stack([RGB, RGB[::-1]]), photometric="rgb")
    tiff("uint64", WIDE.astype(np.uint64), photometric="minisblack")
    lab = IMAGE.convert("LAB")
    add("tiff_lab.tif", saved(lab, "TIFF"))
    add("tiff_lab_lzw.tif", saved(lab, "TIFF", compression="tiff_lzw"))
    add("tiff_ycbcr.tif", saved(IMAGE.convert("YCbCr"), "TIFF"))
    one = Image.fromarray(GRAY).convert("1")
    for c in ("group3", "group4", "tiff_ccitt", "packbits", "raw"):
        add(f"tiff_one_{c}.tif", saved(one, "TIFF", compression=c))
        add(f"tiff_one_inverted_{c}.tif", saved(one, "TIFF", compression=c, tiffinfo={262: 0}))
    smooth = Image.fromarray(SMOOTH)
    add("tiff_jpeg.tif", saved(smooth, "TIFF", compression="jpeg", quality=90), lossy=True)
    add("tiff_jpeg_gray.tif", saved(smooth.convert("L"), "TIFF", compression="jpeg", quality=90), lossy=True)
    add("tiff_jpeg_ycbcr.tif", saved(smooth.convert("YCbCr"), "TIFF", compression="jpeg", quality=90), lossy=True)
    tiff("jpeg_subsampled", SMOOTH, lossy=True, photometric="ycbcr", compression="jpeg", subsampling=(2, 2))
    tiff("jpeg_rgb", SMOOTH, lossy=True, photometric="rgb", compression="jpeg")
    tiff("jpeg_tiled", np.tile(SMOOTH, (2, 2, 1)), lossy=True, photometric="ycbcr", compression="jpeg", subsampling=(2, 1), tile=(32, 32))
    tiff("webp", SMOOTH, lossy=True, photometric="rgb", compression="webp")
    tiff("jpeg2000", SMOOTH, lossy=True, photometric="rgb", compression="jpeg2000")
    add("tiff_fill_order_2.tif", tiff_entry(saved(one, "TIFF", tiffinfo={266: 2}), 266, value=2))
    add("tiff_pillow_la.tif", saved(Image.fromarray(np.dstack([GRAY, ALPHA]), "LA"), "TIFF"))
    add("tiff_pillow_pa.tif", saved(IMAGE.quantize(16), "TIFF"))
    add("tiff_pillow_f.tif", saved(Image.fromarray(floats), "TIFF"))
    add("tiff_pillow_i.tif", saved(Image.fromarray(WIDE.astype(np.int32)), "TIFF"))
    add("tiff_icc.tif", saved(IMAGE, "TIFF", icc_profile=b"x" * 200))
    ramp = np.arange(RGB.shape[0] * RGB.shape[1], dtype=np.uint16).reshape(RGB.shape[:2])
    tiff("ramp16", ramp * 2, photometric="minisblack", compression="lzw")


def jpegs():
    smooth = Image.fromarray(SMOOTH)
    cmyk = smooth.convert("CMYK")
    add("jpeg_cmyk.jpg", saved(cmyk, "JPEG", quality=90), lossy=True)
    add("jpeg_cmyk_icc.jpg", saved(cmyk, "JPEG", quality=90, icc_profile=b"x" * 200), lossy=True)
    with_adobe = saved(cmyk, "JPEG", quality=90)
    at = with_adobe.find(b"\xff\xee")
    if at > 0:
        length = struct.unpack_from(">H", with_adobe, at + 2)[0]
        add("jpeg_cmyk_no_adobe.jpg", with_adobe[:at] + with_adobe[at + 2 + length:], lossy=True)
    for name, value in (("444", 0), ("422", 1), ("420", 2)):
        add(f"jpeg_{name}.jpg", saved(smooth, "JPEG", quality=85, subsampling=value), lossy=True)
    add("jpeg_odd.jpg", saved(smooth.crop((0, 0, 35, 23)), "JPEG", quality=85), lossy=True)
    add("jpeg_rgb.jpg", saved(smooth, "JPEG", quality=90, keep_rgb=True), lossy=True)
    add("jpeg_restart.jpg", saved(smooth, "JPEG", quality=90, restart_marker_blocks=2), lossy=True)
    add("jpeg_icc.jpg", saved(smooth, "JPEG", quality=90, icc_profile=b"x" * 200), lossy=True)


def jpeg2000():
    smooth = Image.fromarray(SMOOTH)
    gray = smooth.convert("L")
    wide = Image.fromarray(SMOOTH[..., 0].astype(np.uint16) * 7)
    add("jp2_rgb.jp2", saved(smooth, "JPEG2000"))
    add("jp2_gray.jp2", saved(gray, "JPEG2000"))
    add("jp2_gray16.jp2", saved(wide, "JPEG2000"))
    add("jp2_rgba.jp2", saved(Image.fromarray(RGBA), "JPEG2000"))
    add("jp2_la.jp2", saved(Image.fromarray(np.dstack([GRAY, ALPHA]), "LA"), "JPEG2000"))
    add("jp2_codestream.j2k", saved(smooth, "JPEG2000", no_jp2=True))
    add("jp2_codestream_gray16.j2k", saved(wide, "JPEG2000", no_jp2=True))
    add("jp2_no_mct.jp2", saved(smooth, "JPEG2000", mct=0))
    for order in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL"):
        add(f"jp2_{order}.jp2", saved(smooth, "JPEG2000", progression=order, quality_mode="rates", quality_layers=[20, 5, 0]))
    add("jp2_lossy.jp2", saved(smooth, "JPEG2000", irreversible=True, quality_mode="dB", quality_layers=[38]), lossy=True)
    add("jp2_lossy_rates.jp2", saved(smooth, "JPEG2000", irreversible=True, quality_layers=[30, 8]), lossy=True)
    add("jp2_lossy_gray.jp2", saved(gray, "JPEG2000", irreversible=True, quality_mode="dB", quality_layers=[40]), lossy=True)
    large = Image.fromarray(np.tile(RGB, (6, 5, 1)))
    add("jp2_tiles.jp2", saved(large, "JPEG2000", tile_size=(32, 32)))
    add("jp2_precincts.jp2", saved(large, "JPEG2000", precinct_size=(32, 32), codeblock_size=(16, 16), progression="PCRL"))
    add("jp2_one_resolution.jp2", saved(smooth, "JPEG2000", num_resolutions=1))
    add("jp2_small.jp2", saved(smooth.crop((0, 0, 5, 3)), "JPEG2000", num_resolutions=2))
    add("jp2_plt.jp2", saved(smooth, "JPEG2000", plt=True))
    add("jp2_signed.jp2", saved(gray, "JPEG2000", signed=True))


def others():
    for format in ("PPM", "TGA", "PCX", "ICO", "SGI", "AVIF"):
        add("other." + format.lower(), saved(IMAGE, format), lossy=format == "AVIF")
    add("other.pgm", saved(Image.fromarray(GRAY), "PPM"))
    add("other.pbm", saved(Image.fromarray(GRAY).convert("1"), "PPM"))


# What Pillow makes of them ---------------------------------------------------------------------------------------


def both_ways(data):
    out = {}
    for mode in ("open", "load_image"):
        image = Image.open(io.BytesIO(data))
        if mode == "load_image":
            image = ImageOps.exif_transpose(image).convert("RGB")
        if "A" in image.getbands() or image.info.get("transparency") is not None:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
        out[mode] = np.asarray(image.convert("RGB"))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    out = Path(parser.parse_args().out) / "formats"
    out.mkdir(parents=True, exist_ok=True)
    for part in (orientations, png, gif, webp, bmp, tiffs, jpegs, jpeg2000, others):
        part()
    files, decoded = {}, {}
    for name, data in FILES.items():
        (out / name).write_bytes(data)
        entry = files[name] = {"lossy": name in LOSSY}
        try:
            opened = Image.open(io.BytesIO(data))
            entry.update(format=opened.format, mode=opened.mode)
            for mode, rgb in both_ways(data).items():
                digest = hashlib.sha256(rgb.tobytes()).hexdigest()
                entry[mode] = {"size_hw": list(rgb.shape[:2]), "sha256_rgb": digest, "mean": round(float(rgb.mean()), 4)}
                if name in LOSSY:
                    decoded[f"{name}.{mode}"] = rgb
        except Exception as e:  # what Pillow refuses, this project refuses
            entry["error"] = f"{type(e).__name__}: {e}".split(" <_io")[0]
    save_file({k: np.ascontiguousarray(v) for k, v in decoded.items()}, str(out / "decoded.safetensors"))
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in files.items())
    text = f'{{"pillow": "{PIL.__version__}", "files": {{\n{lines}\n}}}}\n'
    (out / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
