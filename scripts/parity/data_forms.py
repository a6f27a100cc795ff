"""Writes small look-alikes of public data sets into medr1-data/src/test/resources/forms.

Needs pyarrow and pillow. The columns are those of the published files; questions and images are made up.
"""
import base64
import csv
import io
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

OUT = pathlib.Path(__file__).parents[2] / "medr1-data/src/test/resources/forms"


def png(value):
    buffer = io.BytesIO()
    Image.new("RGB", (28, 28), (value, 10, 20)).save(buffer, "PNG")
    return buffer.getvalue()


IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def parquet():
    """VQA-RAD and PathVQA as on the hub: three rows per row group, images as structs."""
    rows = [
        {"image": {"bytes": png(i // 2), "path": f"img_{i // 2}.png"}, "question": f"Is it seen, {i}?",
         "answer": "yes" if i % 2 else f"{i} nodules"}
        for i in range(7)
    ]
    schema = pa.schema([("image", IMAGE), ("question", pa.string()), ("answer", pa.string())])
    table = pa.Table.from_pylist(rows, schema=schema)
    for codec in ("none", "snappy", "zstd", "gzip", "brotli"):
        pq.write_table(table, OUT / f"vqa-{codec}.parquet", compression=codec, row_group_size=3)
    wide = pa.schema([
        ("id", pa.uint64()), ("question", pa.dictionary(pa.int32(), pa.string())),
        ("images", pa.list_(pa.struct([("bytes", pa.large_binary()), ("path", pa.string())]))),
        ("options", pa.list_(pa.string())), ("answer", pa.string()),
    ])
    rows = [
        {"id": 2**63 + i, "question": "Which?", "options": ["Liver", "Lung", None],
         "images": [{"bytes": png(i), "path": None}] * i, "answer": "B"}
        for i in range(3)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=wide), OUT / "wide.parquet", compression="snappy",
                   data_page_version="2.0")


def slake():
    rows = [
        {"img_id": 1, "img_name": "xmlab1/source.png", "question": "What modality is used?", "answer": "MRI",
         "q_lang": "en", "location": "Abdomen", "modality": "MRI", "answer_type": "OPEN", "base_type": "vqa",
         "content_type": "Modality", "triple": ["vhead", "_", "_"], "qid": 0},
        {"img_id": 1, "img_name": "xmlab1/source.png", "question": "图中有肝脏吗?", "answer": "有", "q_lang": "zh",
         "location": "Abdomen", "modality": "MRI", "answer_type": "CLOSED", "base_type": "vqa",
         "content_type": "Organ", "triple": ["vhead", "_", "_"], "qid": 11934},
    ]
    folder = OUT / "slake"
    (folder / "imgs/xmlab1").mkdir(parents=True, exist_ok=True)
    (folder / "imgs/xmlab1/source.png").write_bytes(png(1))
    (folder / "imgs/xmlab1/question.json").write_text(json.dumps([{"boxes": 1}]))
    (folder / "train.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "test.json").write_text(json.dumps(rows[:1], ensure_ascii=False), encoding="utf-8")


def pmc():
    with open(OUT / "pmc-vqa-1.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Figure_path", "Question", "Anwser", "Choice A", " Choice B", "Choice C ", " Choice D",
                         "Answer_label"])
        writer.writerow(["PMC1_F1.jpg", "What is the \"uptake\", in the breast?", "Focal", " A:Diffuse", " B:Focal",
                         " C:None,\nat all", " D:Unknown", "B"])
    with open(OUT / "pmc-vqa-2.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "Figure_path", "Caption", "Question", "Choice A", "Choice B", "Choice C",
                         "Choice D", "Answer", "split"])
        writer.writerow([7, "PMC2_F1.jpg", "A caption", "Which one?", " A: Liver ", "B: Lung", "C: Bone", "D: Skin",
                         "C", "test"])


def medxpertqa():
    hub = {"id": "MM-1", "question": "What is it?\nAnswer Choices: (A) Liver (B) Lung", "options": {"A": "Liver",
           "B": "Lung"}, "label": "B", "images": ["MM-1-a.jpeg", "MM-1-b.jpeg"], "medical_task": "Diagnosis",
           "body_system": "Digestive", "question_type": "Reasoning"}
    repository = {"id": "MM-2", "question": "What is it?", "options": [{"letter": "A", "content": "Liver"},
                  {"letter": "B", "content": "Lung"}], "label": ["A"], "images": [{"image_path": "MM-2-a.jpeg"}]}
    (OUT / "medxpertqa.jsonl").write_text("\n".join(map(json.dumps, (hub, repository))) + "\n")


def osf():
    rows = [{"qid": 1, "phrase_type": "freeform", "image_name": "synpic1.jpg", "image_organ": "HEAD",
             "question_type": "PRES", "question": "How many?", "answer": 3, "answer_type": "OPEN "}]
    (OUT / "vqa-rad.json").write_text(json.dumps(rows))


def tsv():
    with open(OUT / "harness.tsv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["index", "image", "question", "A", "B", "C", "answer"])
        writer.writerow([0, base64.b64encode(png(3)).decode(), "Which?", "Liver", "Lung", "", "B"])


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    parquet()
    slake()
    pmc()
    medxpertqa()
    osf()
    tsv()
