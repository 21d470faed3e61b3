"""Korean texts: registers, endings, joints, typing."""

from random import Random

from sonnim.workspace.world.texts.endings import ending, final_of, particle, with_final
from sonnim.workspace.world.texts.fragments import (
    CLOSE,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Voice,
    clauses_of,
    fill,
    filled,
    mark,
    maybe,
    other_than,
    pick,
    words_of,
)

_ENDINGS = {
    "polite": ("해요", "해요", "해요", "해요", "네요", "네요", "습니다", "더라고요", "것 같아요"),
    "formal": ("습니다", "습니다", "습니다", "습니다", "네요", "해요"),
    "casual": ("해", "해", "네", "더라", "다", "다", "음"),
    "noted": ("음", "음", "음", "음", "듯"),
}
# How people write where: polite, formal, casual, noted, in hundredths.
_REGISTERS = {
    "review": (52, 13, 18, 17), "delivery": (66, 14, 9, 11), "ticket": (52, 44, 1, 3),
    "verbatim": (46, 20, 6, 28), "post": (24, 3, 45, 28), "reply": (32, 2, 46, 20),
}  # fmt: skip
_NAMES = ("polite", "formal", "casual", "noted")
_AND = {
    POSITIVE: ["그리고 ", "게다가 ", "또 ", "무엇보다 ", "거기에 ", ""],
    NEGATIVE: ["게다가 ", "거기다 ", "심지어 ", "그리고 ", "더구나 ", ""],
    NEUTRAL: ["그리고 ", "", ""],
}
_BUT = ["다만 ", "근데 ", "그런데 ", "하지만 ", "단점은 "]
_MARK = {
    POSITIVE: [
        "", "", "", "", "!", "!*", " ㅎ*", " ㅋ*", " ^^", "~", "~*", " 😊", " 👍", " ❤️", " 🥰",
        " ♥",         "~!*", " 😋",
    ],
    NEGATIVE: [
        "", "", "", "", ".", "..", " ㅠ*", " ㅜ*", " ㅡㅡ", " ;;", " 😡", "!*", " 하...", " ㅋ*",
        " 🤦",         "...", " 😤", " ㅉㅉ",
    ],
    NEUTRAL: ["", "", "", ".", "..", " ㅎㅎ", "~", " ㅇㅇ"],
}  # fmt: skip
_WRY = [" ^^", "^^", " ㅎㅎ", " 👏", " ㅋ*", "...", " 참나", ""]
_SLIPS = (
    ("진짜 ", "찐 "), ("너무 ", "넘 "), ("돼요", "되요"), ("됐", "됬"), ("같이", "가치"),
    ("어떻게", "어케"), ("맛있어", "마싯어"), ("좋아요", "조아요"), ("왜 ", "웨 "),
    ("계속 ", "게속 "), ("빨리", "빨랑"), ("ㅠㅠ", "ㅜㅜ"), ("괜찮", "갠찮"), ("합니다", "함니다"),
    ("네요", "네용"), ("어요", "어여"), ("습니다", "습니당"), ("더라고요", "더라구요"),
    ("고 ", "구 "), ("해요", "해여"), ("아요", "아용"), ("않", "안"), ("는데", "는뎅"),
    ("그냥", "걍"), ("정말", "증말"), ("이거", "요거"), ("많이", "마니"), ("안 ", "않 "),
    ("웬만하면", "왠만하면"), ("며칠", "몇일"), ("금방", "금새"), ("세요", "셰요"),
)  # fmt: skip
_MIXED = (
    ("최고", "best"), ("좋아요", "굿이에요"), ("배달", "딜리버리"), ("서비스", "service"),
    ("분위기", "무드"), ("맛", "taste"), ("커피", "coffee"), ("직원", "staff"), ("진짜", "really"),
    ("실망", "disappointed"), ("추천", "recommend"), ("앱", "app"), ("가격", "price"),
    ("너무", "too"), ("감사합니다", "thank you"),
)  # fmt: skip
# Endings that say what one sees or supposes, not what one does.
_SEEN = ("네", "네요", "것 같아요", "듯")
_DOUBLED = "왔했었렸났갔봤겼있됐꼈졌켰"
# Openings that are no sentence and go on without a stop.
_RUNS_ON = (
    "데",
    "에",
    "도",
    "마다",
    "날",
    "옴",
    "이라",
    "랑",
    "중",
    "고",
    "민망하게",
    "ㄹㅇ",
    "으로",
)
_OPPOSITE = {NEGATIVE: POSITIVE, POSITIVE: NEGATIVE}


class Writing:
    """One Korean text under way: what is chosen for all of it, and what was said so far."""

    def __init__(self, rng: Random, voice: Voice) -> None:
        self.rng, self.voice = rng, voice
        self.register = _register(rng, voice.kind)
        self.casual = self.register in ("casual", "noted")
        self.said: list[tuple[str, str]] = []
        self.contrast = self.sarcastic = self.negated = self.compared = False

    def clauses(self, label: str, count: int, aspects: tuple[str, ...]) -> list[tuple[str, str]]:
        """Different clauses of that label, each with its aspect, places not yet filled."""
        table, rng = clauses_of("ko"), self.rng
        chosen: list[tuple[str, str]] = []
        for i in range(count):
            aspect = aspects[i % len(aspects)]
            pools = table[aspect]
            pool, roll = label, rng.random()
            if label != NEUTRAL and roll < 0.15:
                plain = label == POSITIVE
                if roll < 0.09:
                    pool = "not_bad" if plain else "not_good"
                else:
                    pool = "better" if plain else "worse"
                if pool not in pools:
                    pool = label
            raw = pick(rng, pools.get(pool) or table["staff"][label])
            if all(raw != one for one, _ in chosen):
                self.negated |= pool.startswith("not_")
                self.compared |= pool in ("better", "worse")
                chosen.append((raw, aspect if pools.get(pool) else "staff"))
        return chosen

    def clause(self, raw: str, aspect: str, label: str, form: str, topic: bool = False) -> str:
        """The clause filled, with its ending, marked as an opinion."""
        text = fill(self.rng, raw, self.voice, label, self.casual)
        while "  " in text:
            text = text.replace("  ", " ")
        if topic and "|" in text:
            word, rest = text.split("|", 1)
            if rest[:1] in "이가을를":
                text = particle(word, "은")
                text = word + "|" + text[len(word) :] + rest[1:]
        text = ending(text, form)
        self.said.append((aspect, label))
        return mark(text, len(self.said) - 1)

    def sentence(self, raw: str, aspect: str, label: str) -> str:
        """A whole sentence as an opinion."""
        self.said.append((aspect, label))
        return mark(filled(self.rng, raw, self.voice, label), len(self.said) - 1)

    def form(self, raw: str, label: str) -> str:
        """One of the register's endings that suits the clause."""
        form = pick(self.rng, list(_ENDINGS[self.register]))
        plain = raw.split("/")[0]
        # Nobody wonders at (네) what is plain, or recalls as seen (더라) what they did themselves.
        told = raw.endswith(("/v", "/s")) or plain[-2:-1] in _DOUBLED
        fact = label == NEUTRAL or raw.endswith("/s")
        if (form.startswith("더라") and (told or fact)) or (fact and form in _SEEN):
            return "해" if self.register == "casual" else "해요"
        return form


def _register(rng: Random, kind: str) -> str:
    roll = rng.random() * 100
    for name, share in zip(_NAMES, _REGISTERS[kind], strict=True):
        roll -= share
        if roll < 0:
            return name
    return "polite"


def question(rng: Random, voice: Voice) -> str:
    """A question without feeling, greeting and thanks included."""
    words = words_of("ko")["question"]
    text = maybe(rng, 0.75, words["opening"]) + pick(rng, words["neutral"])
    return typed(rng, filled(rng, text + maybe(rng, 0.7, words["tail"]), voice, NEUTRAL), voice)


def plain(rng: Random, voice: Voice) -> str:
    """Something without feeling."""
    words = words_of("ko")["plain"][NEUTRAL]
    text = filled(rng, pick(rng, words), voice, NEUTRAL)
    if rng.random() < 0.4:
        text += rng.choice((". ", " ", "\n")) + filled(rng, pick(rng, words), voice, NEUTRAL)
    return typed(rng, text + signs(rng, pick(rng, _MARK[NEUTRAL])), voice)


def short(rng: Random, voice: Voice) -> str:
    """A word or two."""
    text = pick(rng, words_of("ko")["short"][voice.label])
    return text + signs(rng, pick(rng, _MARK[voice.label]))


def sarcasm(writing: Writing) -> str:
    """Praise that is none."""
    rng, voice = writing.rng, writing.voice
    pools = clauses_of("ko")
    aspect = next((one for one in voice.aspects if "sarcasm" in pools[one]), "taste")
    text = writing.sentence(pick(rng, pools[aspect]["sarcasm"]), aspect, NEGATIVE)
    opening = maybe(
        rng, 0.3, ["와 ", "아 네 ", "역시 ", "대단합니다. ", "박수 드립니다. ", "이야 "]
    )
    writing.sarcastic = True
    tail = maybe(
        rng, 0.3, [" 번창하세요^^", " 최고예요 최고", " 잘 배우고 갑니다", " 또 속겠습니다"]
    )
    return typed(rng, opening + text + signs(rng, pick(rng, _WRY)) + tail, voice)


def opinionated(writing: Writing, count: int, contrast: bool) -> str:
    """Clauses joined as people join them, with an opening, a tail and marks."""
    rng, voice = writing.rng, writing.voice
    label = voice.label
    body = _body(writing, count, contrast)
    opening, tail = _around(rng, voice, writing.casual)
    runs_on = opening.endswith(_RUNS_ON)
    if opening:
        gaps: tuple[str, ...] = (" ", ". ", "~ " if label == POSITIVE else "... ", "\n")
        if runs_on or opening[-1] in ".?!~":
            gaps = (" ",)
        elif opening[-1] not in "요다죠네ㅠㅇㄹ지움":
            gaps = (*gaps, ", ")
        body = opening + rng.choice(gaps) + body
    sign = signs(rng, pick(rng, _MARK[label]))
    stops = (" ", "\n") if asks(body) else (". ", " ", "\n")
    if not tail:
        text = body + ("" if asks(body) and sign[:1] in (".", "~") else sign)
    elif voice.kind == "ticket":
        text = body + rng.choice(stops) + tail
    elif rng.random() < 0.5:
        text = body + sign + " " + tail
    else:
        text = body + rng.choice(stops) + tail + ("" if tail[-1] in ".?" else sign)
    return typed(rng, text, voice)


def asks(text: str) -> bool:
    """Whether the text ends in a stop of its own, marks not counted."""
    return text.rstrip(CLOSE)[-1:] in ("?", ".", "!")


def _around(rng: Random, voice: Voice, casual: bool) -> tuple[str, str]:
    words = words_of("ko")
    if voice.kind == "ticket":
        desk = words["ticket"]
        tails = desk["thanks" if voice.label == POSITIVE else "tail"]
        opening, tail = maybe(rng, 0.75, desk["opening"]), maybe(rng, 0.75, tails)
    elif voice.kind == "post":
        opening, tail = pick(rng, words["post"]["opening"]), ""
    elif voice.kind == "reply":
        opening, tail = maybe(rng, 0.55, words["reply"][voice.label]), ""
    else:
        often = 0.32 if voice.kind == "verbatim" else 0.62
        suffix = "_casual" if casual else ""
        opening = maybe(rng, often, words[f"opening{suffix}"][voice.label])
        tail = maybe(rng, often, words[f"tail{suffix}"][voice.label])
    return filled(rng, opening, voice, voice.label), filled(rng, tail, voice, voice.label)


def _body(writing: Writing, count: int, contrast: bool) -> str:
    rng, voice = writing.rng, writing.voice
    label = voice.label
    first = ""
    if contrast and label in _OPPOSITE:
        other = _OPPOSITE[label]
        raw, aspect = writing.clauses(other, 1, (other_than(rng, voice.aspects),))[0]
        writing.contrast = True
        if rng.random() < 0.7:
            form = rng.choice(("는데", "는데", "지만", "긴 한데"))
            first = writing.clause(raw, aspect, other, form, topic=form != "긴 한데") + " "
        else:
            first = writing.clause(raw, aspect, other, writing.form(raw, other), topic=True)
            first += rng.choice((". ", " ")) + pick(rng, _BUT)
    chosen = writing.clauses(label, count, voice.aspects)
    said: list[str] = []
    joined = ""
    for i, (raw, aspect) in enumerate(chosen):
        topic = contrast and i == 0
        if i + 1 < len(chosen) and rng.random() < 0.42:
            joined += writing.clause(raw, aspect, label, "고", topic) + " "
            continue
        link = pick(rng, _AND[label]) if said and rng.random() < 0.3 else ""
        said.append(
            joined + link + writing.clause(raw, aspect, label, writing.form(raw, label), topic)
        )
        joined = ""
    pools = clauses_of("ko")
    if label == NEGATIVE and "plea" in pools[voice.aspects[0]] and rng.random() < 0.16:
        plea = writing.sentence(pick(rng, pools[voice.aspects[0]]["plea"]), voice.aspects[0], label)
        if rng.random() < 0.25 and not first:
            return plea
        said.append(plea)
    gap = rng.choice((". ", ". ", " ", ", ", "! ", "\n"))
    text = said[0]
    for one in said[1:]:
        text += (" " if asks(text) else gap) + one
    return first + text


# Typing


def signs(rng: Random, sign: str) -> str:
    """A mark; one with a star is repeated as often as the mood takes people."""
    if not sign.endswith("*"):
        return sign
    return sign[:-2] + sign[-2] * (2 + int(rng.expovariate(0.7)))


def typed(rng: Random, text: str, voice: Voice) -> str:
    """The text with an error now and then."""
    roll = rng.random()
    if voice.kind == "ticket":
        roll *= 1.6
    if roll < 0.09:
        for wrong in rng.sample(_SLIPS, 5):
            text = text.replace(*wrong, 1)
    elif roll < 0.13:
        text = _shifted(rng, text)
    elif roll < 0.21:
        # Words run together, as people type on a telephone.
        places = [i for i, letter in enumerate(text) if letter == " "]
        if places:
            i = rng.choice(places)
            text = text[:i] + text[i + 1 :]
    elif roll < 0.24:
        text = text.replace(" ", "")
    elif roll < 0.265:
        for wrong in rng.sample(_MIXED, 6):
            text = text.replace(*wrong, 1)
    return text


def _shifted(rng: Random, text: str) -> str:
    """The text with one ㅆ that became ㅅ because shift was not held (햇어요)."""
    places = [i for i, letter in enumerate(text) if final_of(letter) == "ㅆ"]
    if not places:
        return text
    i = rng.choice(places)
    return text[:i] + with_final(text[i], "ㅅ") + text[i + 1 :]
