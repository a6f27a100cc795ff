"""Scores of texts by NLTK, rouge_score and SQuAD's rules, for TextScoreTest: python make.py > scores.json

pip install nltk==3.10.4 rouge_score==0.1.2
Texts are such that medr1's normalisation is SQuAD's; what differs has a table of its own in NormalTest.
"""
import collections
import json
import random
import re
import string

from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from rouge_score.rouge_scorer import RougeScorer

HAN = re.compile("[\u4e00-\u9fff]")
MARKS = set(string.punctuation + "，。；：？！、（）“”")


class Blanks:
    def tokenize(self, text):
        return text.split()


def tokens(text):
    """SQuAD: lower case, no punctuation, no articles, single blanks; Chinese by character."""
    text = "".join(c for c in text.lower() if c not in MARKS)
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return HAN.sub(lambda m: " %s " % m.group(), text).split()


def f1(answer, gold):
    if not answer or not gold:
        return float(answer == gold)
    same = sum((collections.Counter(answer) & collections.Counter(gold)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(answer), same / len(gold)
    return 2 * precision * recall / (precision + recall)


def bleu(answer, gold, order):
    if not answer or not gold:
        return float(answer == gold)
    order = min(order, len(answer), len(gold))
    return float(
        sentence_bleu(
            [gold], answer, weights=[1 / order] * order, smoothing_function=SmoothingFunction().method1
        )
    )


def row(answer, gold):
    a, g = tokens(answer), tokens(gold)
    rouge = RougeScorer(["rougeL"], tokenizer=Blanks()).score(" ".join(g), " ".join(a))["rougeL"]
    return {
        "answer": answer,
        "gold": gold,
        "exactMatch": float(a == g),
        "tokenF1": f1(a, g),
        **{"bleu%d" % n: bleu(a, g, n) for n in range(1, 5)},
        "rougeL": rouge.fmeasure if a and g else float(a == g),
    }


PAIRS = [
    ("Liver", "liver"),
    ("The liver.", "liver"),
    ("the left kidney", "left kidney"),
    ("kidney left", "left kidney"),
    ("right lung", "left lung"),
    ("no", "yes"),
    ("Yes.", "yes"),
    ("pneumonia in the right lower lobe", "right lower lobe pneumonia"),
    ("There is a large pleural effusion on the left side", "large left pleural effusion"),
    ("x-ray", "X-ray"),
    ("t-cell lymphoma!", "T-cell lymphoma"),
    ("a mass", "an mass"),
    ("", "liver"),
    ("the cat sat on the mat and the cat slept", "a cat on a mat"),
    ("cardiomegaly; pulmonary edema", "pulmonary edema, cardiomegaly"),
    ("左肺", "左肺"),
    ("肺的左侧", "左肺"),
    ("右肺上叶有阴影。", "右肺上叶阴影"),
    ("CT扫描", "CT"),
    ("the the liver liver liver", "liver kidney liver"),
]

WORDS = "left right upper lower lobe lung liver mass effusion no acute of in small large opacity".split()


def main():
    draw = random.Random(7)
    pairs = list(PAIRS)
    for _ in range(60):
        gold = [draw.choice(WORDS) for _ in range(draw.randint(1, 12))]
        answer = [draw.choice(gold + WORDS) for _ in range(draw.randint(1, 12))]
        pairs.append((" ".join(answer), " ".join(gold)))
    print(json.dumps([row(*pair) for pair in pairs], ensure_ascii=False, indent=0))


main()
