"""Writes small DICOM files of many kinds and the levels that pydicom's functions give for them.

dicom/FILE                  the files
dicom/manifest.json         per file and frame (file.dcm#2 is the second) the size and where its levels are
dicom/decoded.safetensors   RGB bytes (H, W, 3)

    python make_dicom.py --out DIR

needs pydicom 3, pylibjpeg with its plug-ins, numpy, imagecodecs, safetensors. Levels are apply_modality_lut, then
apply_voi_lut, put from the range of its result to 0..255, rounded half up; without window or table from the least to the
largest value of the frame, padding left out; inverted for MONOCHROME1.
"""
import argparse
import io
import json
import warnings
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.pixels.processing import apply_color_lut
from pydicom.sequence import Sequence
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian,
                         ImplicitVRLittleEndian, RLELossless)
from safetensors.numpy import save_file

warnings.filterwarnings("ignore")
RNG = np.random.default_rng(7)
J = "1.2.840.10008.1.2.4."
FILES = {}


def scene(height=14, width=18, bits=12, signed=False):
    y, x = np.mgrid[0:height, 0:width]
    top = (1 << bits) - 1
    values = (top * (0.5 + 0.45 * np.sin(x / 3.1) * np.cos(y / 2.3)) + RNG.integers(0, 1 + top // 40, x.shape)).clip(0, top)
    values = values.astype(np.int64)
    return values - (1 << (bits - 1)) if signed else values


def rgb_scene(height=14, width=18):
    return np.stack([scene(height, width, 8) for _ in range(3)], -1).astype(np.uint8)


def dataset(pixels, bits=12, allocated=16, signed=False, photometric="MONOCHROME2", frames=1, syntax=ExplicitVRLittleEndian, **tags):
    ds = FileDataset(None, {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = "1.2.3.4"
    ds.PatientName = "Phantom^One"
    ds.Modality = "OT"
    shape = pixels.shape[1:] if frames > 1 else pixels.shape
    ds.Rows, ds.Columns = int(shape[0]), int(shape[1])
    ds.SamplesPerPixel = 3 if len(shape) == 3 else 1
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    if frames > 1:
        ds.NumberOfFrames = frames
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, bits, bits - 1
    ds.PixelRepresentation = int(signed)
    for name, value in tags.items():
        setattr(ds, name, value)
    dtype = {8: "i1" if signed else "u1", 16: "i2" if signed else "u2", 32: "i4" if signed else "u4"}[allocated]
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    ds.PixelData = np.ascontiguousarray(pixels).astype(order + dtype).tobytes()
    if len(ds.PixelData) % 2:
        ds.PixelData += b"\0"
    ds["PixelData"].VR = "OW" if allocated > 8 else "OB"
    return ds


def written(ds):
    out = io.BytesIO()
    uid = ds.file_meta.TransferSyntaxUID
    pydicom.dcmwrite(out, ds, enforce_file_format=True, implicit_vr=uid.is_implicit_VR, little_endian=uid.is_little_endian)
    return out.getvalue()


def add(name, ds, data=None, reference=None):
    FILES[name] = (data or written(ds), reference)


def packed(pixels, code, kind, **options):
    """A data set whose frames are packed by ``code``."""
    ds = dataset(pixels, **options)
    frames = options.get("frames", 1)
    dtype = {8: "i1" if options.get("signed") else "u1", 16: "i2" if options.get("signed") else "u2"}[ds.BitsAllocated]
    frame = lambda i: np.ascontiguousarray(pixels[i] if frames > 1 else pixels).astype(dtype)
    streams = [code(frame(i)) for i in range(frames)]
    ds.PixelData = encapsulate([s + b"\0" * (len(s) % 2) for s in streams])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = kind
    return ds


def lut(first, values, bits, vr="US"):
    item = Dataset()
    item.add_new(0x00283002, vr, [len(values), first, bits])
    item.add_new(0x00283006, "OW", np.asarray(values, "<u2").tobytes())
    item["LUTDescriptor"].VR = vr
    return item


def levels(ds, frame=0):
    """The levels by the functions of pydicom."""
    pixels = ds.pixel_array
    if int(ds.get("NumberOfFrames", 1)) > 1:
        pixels = pixels[frame]
    if ds.SamplesPerPixel == 3:
        if ds.BitsStored > 8:
            pixels = pixels >> (ds.BitsStored - 8)
        return pixels.astype(np.uint8)
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        rgb = apply_color_lut(pixels, ds)
        return (rgb >> 8 if rgb.dtype == np.uint16 else rgb).astype(np.uint8)
    stored = pixels
    x = apply_modality_lut(pixels, ds)
    functional = ds
    for groups, index in (("PerFrameFunctionalGroupsSequence", frame), ("SharedFunctionalGroupsSequence", 0)):
        if groups in ds and "PixelValueTransformationSequence" in ds[groups][index]:
            inner = ds[groups][index].PixelValueTransformationSequence[0]
            x = stored * float(inner.RescaleSlope) + float(inner.RescaleIntercept)
            break
    for groups, index in (("PerFrameFunctionalGroupsSequence", frame), ("SharedFunctionalGroupsSequence", 0)):
        if groups in ds and "FrameVOILUTSequence" in ds[groups][index]:
            functional = ds[groups][index].FrameVOILUTSequence[0]
            break
    if "VOILUTSequence" in functional:
        # pydicom's result is an entry of the table, whose range its descriptor tells.
        out = apply_voi_lut(x, ds)
        f = out / float((1 << functional.VOILUTSequence[0].LUTDescriptor[2]) - 1)
    elif functional.get("WindowCenter") is not None and functional.get("WindowWidth") is not None:
        merged = Dataset()
        for name in ("WindowCenter", "WindowWidth", "VOILUTFunction"):
            if name in functional:
                setattr(merged, name, functional.get(name))
        merged.BitsStored, merged.PixelRepresentation = 16, 0
        merged.PhotometricInterpretation = "MONOCHROME2"
        out = apply_voi_lut(x.astype(np.float64), merged)  # 0 .. 65535
        f = out / 65535.0
    else:
        valid = np.ones(stored.shape, bool)
        if "PixelPaddingValue" in ds:
            a, b = int(ds.PixelPaddingValue), int(ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue))
            valid = (stored < min(a, b)) | (stored > max(a, b))
        low, high = float(x[valid].min()), float(x[valid].max())
        f = (x - low) / (high - low) if high > low else np.zeros(x.shape)
    gray = np.floor(255 * np.clip(f, 0, 1) + 0.5).astype(np.uint8)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        gray = 255 - gray
    return np.repeat(gray[..., None], 3, -1)


def plain():
    base = scene()
    for syntax, name in ((ImplicitVRLittleEndian, "implicit"), (ExplicitVRLittleEndian, "explicit"),
                         (ExplicitVRBigEndian, "big_endian"), (DeflatedExplicitVRLittleEndian, "deflated")):
        add(f"{name}.dcm", dataset(base, syntax=syntax, WindowCenter=2000, WindowWidth=1500))
    add("big_endian_8.dcm", dataset(scene(bits=8), 8, 8, syntax=ExplicitVRBigEndian))
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        add(f"{photometric.lower()}_no_window.dcm", dataset(base, photometric=photometric))
        add(f"{photometric.lower()}_window.dcm", dataset(base, photometric=photometric, WindowCenter=1800, WindowWidth=900))
    add("bits8.dcm", dataset(scene(bits=8), 8, 8))
    add("bits8_window.dcm", dataset(scene(bits=8), 8, 8, WindowCenter=127, WindowWidth=254))
    add("bits8_in_16.dcm", dataset(scene(bits=8), 8, 16))
    add("bits10.dcm", dataset(scene(bits=10), 10))
    add("bits16.dcm", dataset(scene(bits=16), 16))
    add("bits16_signed.dcm", dataset(scene(bits=16, signed=True), 16, signed=True))
    add("bits32.dcm", dataset(scene(bits=24), 32, 32))
    ct = dataset(scene(bits=12, signed=True), 12, signed=True, RescaleIntercept=-24, RescaleSlope=1, WindowCenter=40, WindowWidth=400)
    add("ct.dcm", ct)
    add("ct_unsigned.dcm", dataset(base, RescaleIntercept=-1024, RescaleSlope=1, WindowCenter=[50, 400], WindowWidth=[350, 2000],
                                   WindowCenterWidthExplanation=["SOFT", "BONE"]))
    add("rescale_no_window.dcm", dataset(base, RescaleIntercept=-1024.5, RescaleSlope=0.75))
    add("rescale_negative_slope.dcm", dataset(base, RescaleIntercept=4095, RescaleSlope=-1))
    add("window_decimals.dcm", dataset(base, WindowCenter="1999.5", WindowWidth="1001.25"))
    add("window_exact.dcm", dataset(base, WindowCenter=2000, WindowWidth=1500, VOILUTFunction="LINEAR_EXACT"))
    add("window_sigmoid.dcm", dataset(base, WindowCenter=2000, WindowWidth=1500, VOILUTFunction="SIGMOID"))
    add("window_one.dcm", dataset(base, WindowCenter=2000, WindowWidth=1))
    add("voi_lut.dcm", dataset(base, VOILUTSequence=Sequence([lut(0, (np.arange(4096) ** 2 // 4096).clip(0, 4095), 12)])))
    add("voi_lut_10.dcm", dataset(base, VOILUTSequence=Sequence([lut(1000, np.arange(2048) // 2, 10)])))
    add("voi_lut_and_window.dcm", dataset(base, WindowCenter=2000, WindowWidth=500,
                                          VOILUTSequence=Sequence([lut(0, np.arange(4096) * 16, 16), lut(0, 4095 - np.arange(4096), 12)])))
    add("voi_lut_signed.dcm", dataset(scene(bits=12, signed=True), signed=True,
                                      VOILUTSequence=Sequence([lut(-1000, np.arange(2001) * 32, 16, "SS")])))
    add("voi_lut_signed_implicit.dcm", dataset(scene(bits=12, signed=True), signed=True, syntax=ImplicitVRLittleEndian,
                                               VOILUTSequence=Sequence([lut(-1000, np.arange(2001) * 32, 16, "SS")])))
    modality = lut(0, (np.arange(4096) * 3 // 2).astype(int), 16)
    modality.ModalityLUTType = "US"
    add("modality_lut.dcm", dataset(base, ModalityLUTSequence=Sequence([modality])))
    add("modality_lut_window.dcm", dataset(base, ModalityLUTSequence=Sequence([modality]), WindowCenter=3000, WindowWidth=2500))
    padded = base.copy()
    padded[:3] = 0
    padded[base < 700] = 700
    padded[:3] = 0
    add("padding.dcm", dataset(padded, PixelPaddingValue=0))
    add("padding_range.dcm", dataset(padded, PixelPaddingValue=0, PixelPaddingRangeLimit=5, photometric="MONOCHROME1"))
    add("constant.dcm", dataset(np.full((6, 8), 77)))
    frames = np.stack([scene(), scene()[::-1] // 2, scene()[:, ::-1] // 3])
    add("frames.dcm", dataset(frames, frames=3))
    add("frames_window.dcm", dataset(frames, frames=3, WindowCenter=900, WindowWidth=1100))
    enhanced = dataset(frames, frames=3)
    per_frame = []
    for i in range(3):
        value, window, group = Dataset(), Dataset(), Dataset()
        value.RescaleIntercept, value.RescaleSlope, value.RescaleType = -100 * i, 1 + i, "US"
        window.WindowCenter, window.WindowWidth = 1000 + 500 * i, 1500
        group.PixelValueTransformationSequence, group.FrameVOILUTSequence = Sequence([value]), Sequence([window])
        per_frame.append(group)
    enhanced.PerFrameFunctionalGroupsSequence = Sequence(per_frame)
    add("enhanced.dcm", enhanced)
    shared = dataset(frames, frames=3)
    shared.SharedFunctionalGroupsSequence = Sequence([per_frame[1]])
    add("enhanced_shared.dcm", shared)
    ds = dataset(base, WindowCenter=2000, WindowWidth=1500)
    data = written(ds)
    add("no_preamble.dcm", ds, data[128 + 4:], reference=data)
    bare = written(dataset(base, syntax=ImplicitVRLittleEndian))
    length = 128 + 4 + 12 + pydicom.dcmread(io.BytesIO(bare)).file_meta.FileMetaInformationGroupLength
    add("bare_implicit.dcm", None, bare[length:], reference=bare)
    bare = written(dataset(base))
    length = 128 + 4 + 12 + pydicom.dcmread(io.BytesIO(bare)).file_meta.FileMetaInformationGroupLength
    add("bare_explicit.dcm", None, bare[length:], reference=bare)
    private = dataset(base)
    private.add_new(0x00091001, "UN", b"\xfe\xff\x00\xe0\x00\x00\x00\x00")
    inner = Dataset()
    inner.SeriesDescription = "deep"
    item = Dataset()
    item.ReferencedSeriesSequence = Sequence([inner])
    private.ReferencedStudySequence = Sequence([item, item])
    private["ReferencedStudySequence"].is_undefined_length = True
    private.IconImageSequence = Sequence([dataset(scene(4, 4, 8), 8, 8)])
    add("nested.dcm", private)
    # Sequences whose items hold pixels of their own, such as icons, are passed over; names tell nothing.
    add("named.png", dataset(base))
    shifted = dataset(base << 4, 12)
    shifted.HighBit = 15
    reference = written(dataset(base, 12))
    add("high_bit.dcm", shifted, reference=reference)
    overlay = dataset(base | 0x4000, 12)
    add("overlay_bits.dcm", overlay, reference=reference)


def coloured():
    rgb = rgb_scene()
    add("rgb.dcm", dataset(rgb, 8, 8, photometric="RGB"))
    planar = dataset(rgb, 8, 8, photometric="RGB")
    planar.PlanarConfiguration = 1
    planar.PixelData = rgb.transpose(2, 0, 1).tobytes()
    add("rgb_planar.dcm", planar)
    add("rgb_frames.dcm", dataset(np.stack([rgb, rgb[::-1]]), 8, 8, photometric="RGB", frames=2))
    add("rgb16.dcm", dataset(np.stack([scene(bits=12)] * 3, -1), 12, 16, photometric="RGB"))
    add("ybr_full.dcm", dataset(rgb, 8, 8, photometric="YBR_FULL"))
    half = rgb.copy()
    half[:, 1::2, 1:] = half[:, 0::2, 1:]
    ds = dataset(half, 8, 8, photometric="YBR_FULL")
    reference = written(ds)
    ds.PhotometricInterpretation = "YBR_FULL_422"
    pairs = np.concatenate([half[:, 0::2, :1], half[:, 1::2, :1], half[:, 0::2, 1:]], -1)
    ds.PixelData = pairs.tobytes()
    add("ybr_full_422.dcm", ds, reference=reference)
    for bits in (8, 16):
        ds = dataset(scene(bits=8) % 64, 8, 8, photometric="PALETTE COLOR")
        for name in ("Red", "Green", "Blue"):
            values = RNG.integers(0, 1 << bits, 64)
            setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [64, 0, bits])
            data = values.astype("<u2").tobytes() if bits == 16 else values.astype(np.uint8).tobytes()
            setattr(ds, f"{name}PaletteColorLookupTableData", data)
        add(f"palette_{bits}.dcm", ds)
    ds = dataset(scene(bits=8), 8, 8, photometric="PALETTE COLOR")
    for name in ("Red", "Green", "Blue"):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [100, 50, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", RNG.integers(0, 65536, 100).astype("<u2").tobytes())
    add("palette_clipped.dcm", ds)


def compressed():
    gray8, gray12, gray16 = scene(bits=8), scene(), scene(bits=16)
    signed = scene(bits=12, signed=True)
    rgb = rgb_scene(32, 32)
    for name, pixels, options in (("8", gray8, dict(bits=8, allocated=8)), ("12", gray12, {}), ("16", gray16, dict(bits=16)),
                                  ("signed", signed, dict(signed=True)), ("rgb", rgb, dict(bits=8, allocated=8, photometric="RGB"))):
        ds = dataset(pixels, **options)
        ds.compress(RLELossless, encoding_plugin="pydicom")
        add(f"rle_{name}.dcm", ds)
    ds = dataset(np.stack([gray12, gray12[::-1]]), frames=2)
    ds.compress(RLELossless, encoding_plugin="pydicom")
    add("rle_frames.dcm", ds)
    ljpeg = lambda predictor: lambda a: imagecodecs.ljpeg_encode(a) if predictor == 1 else imagecodecs.jpegsof3_encode(a)
    for name, pixels, options in (("8", gray8, dict(bits=8, allocated=8)), ("12", gray12, {}), ("16", gray16, dict(bits=16))):
        bits = options.get("bits", 12)
        add(f"jpeg_lossless_{name}.dcm", packed(pixels, lambda a: imagecodecs.ljpeg_encode(a, bitspersample=bits), J + "70", **options))
        add(f"jpegls_{name}.dcm", packed(pixels, lambda a: imagecodecs.jpegls_encode(a), J + "80", **options))
        add(f"jpeg2000_{name}.dcm", packed(pixels, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", reversible=True, bitspersample=bits), J + "90", **options))
    add("jpeg2000_signed.dcm", packed(signed, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", reversible=True, bitspersample=12), J + "90", signed=True))
    add("jpeg2000_lossy.dcm", packed(gray12, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", level=45, bitspersample=12), J + "91"))
    add("jpeg2000_rgb.dcm", packed(rgb, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", reversible=True, mct=True), J + "90",
                                   bits=8, allocated=8, photometric="YBR_RCT"))
    add("jpegls_near.dcm", packed(gray12, lambda a: imagecodecs.jpegls_encode(a, level=3), J + "81"))
    add("jpegls_rgb.dcm", packed(rgb, lambda a: imagecodecs.jpegls_encode(a), J + "80", bits=8, allocated=8, photometric="RGB"))
    add("jpegls_frames.dcm", packed(np.stack([gray12, gray12[::-1]]), lambda a: imagecodecs.jpegls_encode(a), J + "80", frames=2))
    add("jpeg_8.dcm", packed(gray8, lambda a: imagecodecs.jpeg8_encode(a, level=95), J + "50", bits=8, allocated=8))
    add("jpeg_8_frames.dcm", packed(np.stack([gray8, gray8[::-1]]), lambda a: imagecodecs.jpeg8_encode(a, level=95), J + "50", bits=8, allocated=8, frames=2))
    add("jpeg_8_extended.dcm", packed(gray8, lambda a: imagecodecs.jpeg8_encode(a, level=95), J + "51", bits=8, allocated=8))
    add("jpeg_12_extended.dcm", packed(gray12, lambda a: imagecodecs.jpeg8_encode(a, level=95, bitspersample=12), J + "51"))
    smooth = np.asarray(rgb).astype(np.uint8)
    add("jpeg_ybr.dcm", packed(smooth, lambda a: imagecodecs.jpeg8_encode(a, level=95, colorspace="RGB", outcolorspace="YCbCr", subsampling="444"), J + "50", bits=8, allocated=8, photometric="YBR_FULL"))
    add("jpeg_ybr_422.dcm", packed(smooth, lambda a: imagecodecs.jpeg8_encode(a, level=95, colorspace="RGB", outcolorspace="YCbCr", subsampling="422"), J + "50", bits=8, allocated=8, photometric="YBR_FULL_422"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    out = Path(parser.parse_args().out) / "dicom"
    out.mkdir(parents=True, exist_ok=True)
    plain()
    coloured()
    compressed()
    entries, decoded = [], {}
    for name, (data, reference) in FILES.items():
        (out / name).write_bytes(data)
        ds = pydicom.dcmread(io.BytesIO(reference or data))
        for frame in range(int(ds.get("NumberOfFrames", 1))):
            rgb = levels(ds, frame)
            item = name if frame == 0 else f"{name}#{frame + 1}"
            decoded[item] = np.ascontiguousarray(rgb)
            entries.append({"item": item, "syntax": ds.file_meta.TransferSyntaxUID.name, "size_hw": list(rgb.shape[:2]),
                            "lossy": name.startswith(("jpeg_8", "jpeg_12", "jpeg_ybr", "jpeg2000_lossy", "ybr"))})
    save_file(decoded, str(out / "decoded.safetensors"))
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (out / "manifest.json").write_text(f'{{"pydicom": "{pydicom.__version__}", "items": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
