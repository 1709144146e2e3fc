"""Where newsreaders breathe: the corpus, the rules one by one, and what is said where they do."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from service.config.settings import Settings
from service.model.article import Submission
from service.model.document import Boundary, Sentence, Span
from service.model.reading import Phrase, SpokenText
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import continued, utter_all
from service.text.pipeline.spoken import ReadingOptions, read
from service.text.segmentation.junctures import FORBIDDEN, price
from service.text.segmentation.phrasing import LONGEST, SHORTEST, pieces
from service.text.segmentation.word_shapes import word

CORPUS = [
    line
    for line in (Path(__file__).parents[2] / "corpus/breath/sentences.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
FATHA = "\u064e"
INTAKE = Container(Settings()).intake


def cut(text: str, *, opens: bool = False) -> list[str]:
    return [text[start:end] for start, end in pieces(text, opens=opens)]


def said(text: str, *, opens: bool = False) -> tuple[Phrase, ...]:
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    return read(sentence, ReadingOptions(), opens=opens).pieces


def lengths(phrases: list[str]) -> list[int]:
    return [len(phrase.split()) for phrase in phrases]


@pytest.mark.parametrize("line", CORPUS, ids=lambda line: line.split("|")[0].strip())
def test_a_sentence_of_news_is_cut_where_a_newsreader_breathes(line: str) -> None:
    assert " | ".join(cut(line.replace(" | ", " "))) == line


def test_stretches_have_three_to_fourteen_words() -> None:
    found = [length for line in CORPUS for length in lengths(cut(line.replace(" | ", " ")))]
    inside = [length for length in found if SHORTEST <= length <= LONGEST]
    assert len(found) > 140
    assert len(inside) >= 0.98 * len(found)


@pytest.mark.parametrize("line", CORPUS[::8], ids=lambda line: line.split("|")[0].strip())
def test_vowels_move_no_cut(line: str) -> None:
    text = line.replace(" | ", " ")
    vowelled = re.sub(r"(?<=[^\sا])(?=[^\s])", FATHA, text)
    assert lengths(cut(vowelled)) == lengths(cut(text))


@pytest.mark.parametrize(
    ("opening", "text"),
    [
        # «أنّ» after a long subject
        ("أن", "أكد رئيس اللجنة المنظمة للمعرض الدولي أن عدد الزوار سيتجاوز هذا العام مئتي ألف زائر"),
        ("إن", "قال مدير المركز الوطني للأرصاد الجوية إن الأمطار ستشمل مختلف مناطق البلاد حتى نهاية الأسبوع"),
        ("بأن", "أفاد الناطق باسم شرطة العاصمة بأن الحادث أسفر عن إصابة ستة أشخاص بجروح طفيفة"),
        # the pronoun between subject and predicate
        ("هو", "الهدف الأول من خطة النقل الجديدة في العاصمة هو تخفيف الازدحام في ساعات الذروة الصباحية"),
        ("هي", "أبرز نتائج التحقيق المستقل في حادث القطار هي غياب الصيانة الدورية عن السكة منذ سنوات"),
        # conjuncts that repeat their head
        ("ووزير", "حضر الحفل وزير الثقافة والفنون المصري ووزير السياحة والآثار الأردني وعدد من السفراء"),
        ("ومدير", "التقى مدير المكتبة الوطنية بالعاصمة تونس ومدير المعهد العالي للموسيقى ممثلي دور النشر"),
        # adverbials
        ("خلال", "ارتفعت صادرات البلاد من زيت الزيتون البكر خلال الأشهر الستة الأولى من السنة الحالية"),
        ("بعد", "عادت حركة الملاحة إلى طبيعتها في الميناء بعد توقف دام ثلاثة أيام بسبب العاصفة الرملية"),
        ("منذ", "لم تعرف القرية الجبلية انقطاعا للماء بهذا الطول منذ بناء السد الكبير قبل ثلاثة عقود"),
        ("في", "ستجدد البلدية أرصفة الحي القديم وواجهات متاجره في إطار برنامج وطني لتأهيل المدن العتيقة"),
        ("عبر", "يمكن للطلبة تقديم ملفات الترشيح للمنح الدراسية عبر البوابة الإلكترونية الموحدة للجامعات"),
        ("على", "وقع الجانبان مذكرة تفاهم لتبادل الخبراء والباحثين على هامش المؤتمر الدولي للمياه بالعاصمة"),
        ("بحضور", "افتتح معرض الصناعات التقليدية في مدينة نزوى بحضور حرفيين من سبع ولايات وعدد من الطلبة"),
        # relative clauses that do not restrict
        ("الذي", "يلعب المساء مع الفريق الأول الحارس ياسين بونو الذي غاب عن المباراتين السابقتين للإصابة"),
        ("التي", "تستضيف البطولة هذا الصيف مدينة أكادير التي جددت ملعبها ووسعت مطارها قبل أشهر قليلة"),
        # the subject and its predicate
        ("تعتزم", "الشركة الوطنية للسكك الحديدية تعتزم شراء ثلاثين قاطرة كهربائية من مصانع كورية ويابانية"),
        ("لم", "المفاوضات الطويلة بين النقابة وإدارة المصنع لم تسفر حتى الآن عن أي اتفاق مكتوب ملزم"),
        # clauses
        ("حيث", "أقيمت المباراة النهائية أمام ستين ألف متفرج حيث رفع القائد الكأس وسط هتافات الجماهير"),
        ("وأكد", "زار الوفد البرلماني مخيمات النازحين في الشمال وأكد رئيسه أن المساعدات ستصل قبل الشتاء"),
        ("مؤكدا", "نفى المدرب وجود خلاف مع لاعبيه داخل المعسكر مؤكدا أن الأجواء جيدة قبل لقاء الأحد"),
        ("ليصل", "ارتفع سعر أونصة الذهب في تعاملات اليوم الصباحية ليصل إلى أعلى مستوى له منذ أسبوعين"),
        ("ما", "سقطت الأشجار على خطوط الكهرباء في البلدة ما أدى إلى انقطاع التيار عن ستة أحياء"),
        ("وما", "عاد سكان القرى الجبلية إلى منازلهم وما زالت فرق الإغاثة توزع عليهم الخيام والأغطية"),
        ("الذى", "يلعب المساء مع الفريق الأول الحارس ياسين بونو الذى غاب عن المباراتين السابقتين للإصابة"),
        # a second phrase of one person
        ("أمير", "استقبل الوفد الأمير سعود بن خالد أمير منطقة الرياض واستعرض معه مشاريع النقل الجديدة"),
        # a purpose
        ("لتعزيز", "خصصت الحكومة ثلاثة مليارات درهم من ميزانية العام المقبل لتعزيز شبكة الطرق القروية"),
    ],
)  # fmt: skip
def test_a_breath_may_be_taken_before(opening: str, text: str) -> None:
    words = [word(written) for written in text.split()]
    gaps = [at for at, written in enumerate(text.split()[1:]) if written == opening]
    assert min(price(words, at) for at in gaps) <= 1.5
    assert max(price(words, at) for at in range(len(words) - 1)) == FORBIDDEN


KEPT = [
    ("name", "عبد الرحمن بن خالد المنصوري"),
    ("name", "ماريا فرناندا دي لا كروز"),
    ("title and name", "وزير الخارجية المغربي ناصر بوريطة"),
    ("title and name", "الملك محمد السادس"),
    ("iḍāfa", "مدير مكتب رئيس مجلس إدارة شركة مياه الشرق"),
    ("noun and adjective", "المجلس الأعلى للسلطة القضائية المستقلة"),
    ("number", "ثلاثة ملايين وخمسمئة ألف وستمئة وخمسين درهما"),
    ("number", "سبعة وأربعين في المئة"),
    ("number", "واحد من كل خمسة مواطنين"),
    ("number", "سنة ألفين وست وعشرين"),
    ("preposition and noun", "من دون أي تأخير"),
    ("preposition and noun", "إلى ما بعد العيد"),
    ("quotation", "«بيت من زجاج في قلب المدينة»"),
    ("quotation", '"حتى يعود المطر"'),
    ("between", "بين الرباط ومدريد"),
    ("between", "بين نقابات التعليم والحكومة"),
    ("two nouns, one second term", "شروط وكيفيات منح التراخيص"),
    ("two nouns, one second term", "حفظ ونشر التراث"),
    ("demonstrative", "هذه المؤسسة الكبيرة"),
    ("quantifier", "جميع سكان المدينة"),
    ("what is desired", "من المقرر أن يصل"),
    ("what is desired", "ضرورة أن تبدأ"),
    ("adjective", "حماية مشددة من الشرطة"),
    ("«و» of its own", "رئيس وفد وزارة وطنية"),
    ("restricting", "من الرجل الذي اشترى الدار"),
    ("verb and preposition", "يلتزمون بالعمل"),
    ("verb and preposition", "أسفرت عن جرح"),
    ("verb and preposition", "تتمثل في نقص"),
    ("two words of one expression", "على حد سواء"),
    ("two words of one expression", "يوما بعد يوم"),
    ("two words of one expression", "خطوة إثر خطوة"),
    ("number and what it counts", "أربعين فدانا"),
    ("number and what it counts", "ستة مقابل أربعة"),
    ("date", "اليوم الأربعاء"),
    ("date", "الخامس من جويلية"),
    ("date", "العام ألفين وسبعة"),
    ("time of day", "الساعة الثانية ظهرا"),
    ("title and name", "الدكتور غانم السالم"),
    ("title and name", "الأمير فيصل بن خالد"),
    ("name that looks like a verb", "ولاية بنزرت"),
    ("name that looks like a verb", "الوزير إرنست بيكر"),
    ("name that looks like a verb", "قطاع ظهران الجنوب"),
    ("office", "المشرف العام على المشروع"),
    ("institution", "الهيئة العامة لرعاية الطفولة"),
    ("institution", "وزارة الثقافة والفنون"),
    ("place", "بلدية وسط المدينة"),
    ("place", "ولاية جنوب النهر"),
    ("two adjectives", "المساعدات المالية والعينية"),
    ("two adjectives", "المشهد الروائي والمسرحي"),
    ("two nouns with one owner", "عن شكره وتقديره"),
    ("demonstrative", "تلك التي فازت"),
    ("demonstrative", "أولئك الذين حضروا"),
    ("participle and preposition", "المدعومة بباقة"),
    ("particle with its noun", "لأننا نعرف"),
    ("what is expected", "المهارات الواجب توفرها"),
    ("date", "الأحد الموافق الثاني من مايو"),
    ("number and its noun", "الأيام العشرة الأولى"),
    ("between", "يتعاونون فيما بينهم"),
    ("two nouns, one second term", "إغلاق ونهب المقار"),
    ("superlative", "الدولة الأكثر مساهمة"),
    ("institution", "الجامعة التونسية لكرة القدم"),
    ("attribute", "طائرة من دون طيار"),
    ("«و» that stands alone", "سالم و خالد"),
]


@pytest.mark.parametrize(("kind", "kept"), KEPT, ids=lambda value: value)
def test_a_breath_is_never_taken_within(kind: str, kept: str) -> None:
    # Nouns before and after it push the cut everywhere into the phrase: one to thirteen words of them.
    for before in range(1, 14):
        for after in range(0, 14, 3):
            text = f"قرب {'بيوت ' * (before - 1)}القرية {kept} ثم {'جار ' * after}"
            phrases = cut(text.strip())
            assert any(kept in phrase for phrase in phrases), (kind, phrases)


@pytest.mark.parametrize(
    ("conjunct", "text"),
    [
        ("وعضو", "المدير العام للمصرف ورئيس قسم المخاطر وعضو مجلس الإدارة المنتدب حضروا جلسة الاستماع صباحا"),
        ("وعمدة", "والي الجهة ورئيس المجلس وعمدة المدينة يشرفون على توزيع المساعدات في الأحياء المتضررة"),
    ],
)  # fmt: skip
def test_no_breath_before_the_last_subject_when_the_verb_follows(conjunct: str, text: str) -> None:
    assert conjunct not in [phrase.split()[0] for phrase in cut(text, opens=True)]
    assert conjunct not in [phrase.split()[0] for phrase in cut(f"{text} وسط حضور أمني كثيف")]


@pytest.mark.parametrize(
    "text",
    [
        "اشترى الجار قمحا و شعيرا من سوق القرية القديم و باع لجيرانه زيتا و تمرا في اليوم نفسه قبل العصر",
        "زار الوفد مدارس المدينة و مستشفياتها وَ التقى أطباءها و معلميها قبل عودته إلى العاصمة مساء السبت",
    ],
)
def test_a_lone_waw_belongs_to_the_next_word(text: str) -> None:
    assert not any(phrase.endswith((" و", " وَ")) for phrase in cut(text, opens=True))
    assert lengths(cut(text.replace(" و ", " و").replace("وَ ", "و"))) == [
        length - phrase.split().count("و") - phrase.split().count("وَ")
        for length, phrase in zip(lengths(cut(text)), cut(text), strict=True)
    ]


@pytest.mark.parametrize(
    ("written", "acts"),
    [
        *(
            (verb, True)
            for verb in ("قالت", "أعلنت", "شاركت", "انطلقت", "ازدهرت", "استعادت", "تدهورت", "أجريت", "تم")
        ),
        *(
            (name, False)
            for name in ("بنزرت", "إرنست", "فرايت", "ظهران", "سلمان", "أسمنت", "رأفت", "ياركو", "بينها")
        ),
    ],
)
def test_a_verb_is_known_by_its_shape(written: str, *, acts: bool) -> None:
    assert word(written).may_be_verb is acts


def test_a_sentence_with_few_cues_is_cut_at_the_least_bad_place() -> None:
    subject = "مجلس إدارة شركة مياه الشرق الكبرى المتحدة القابضة الجديدة"
    predicate = "ينشر تقرير ميزانية فروع المجموعة الخارجية كلها"
    assert cut(f"{subject} {predicate}") == [subject, predicate]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("أعلنت الوزارة، اليوم، عن إطلاق برنامج جديد لدعم الشباب", "أعلنت الوزارة اليوم"),
        ("وصل الرئيس الفرنسي، مساء، إلى مطار العاصمة", "وصل الرئيس الفرنسي مساء"),
        ("أكد المدرب البرتغالي، بدوره، أن الفريق جاهز للقاء", "أكد المدرب البرتغالي بدوره"),
        ("قال رئيس النادي، أمس، وأعاد القول إن اللاعب باق", "قال رئيس النادي أمس"),
        ("فاز نادي العاصمة، المتصدر، على ضيفه بهدف واحد", "فاز نادي العاصمة المتصدر"),
    ],
)
def test_commas_around_one_word_are_light(text: str, first: str) -> None:
    begun, rest = said(f"{text}.")
    assert (begun.spoken, begun.boundary) == (first, Boundary.BREATH)
    assert "،" not in rest.spoken


@pytest.mark.parametrize(
    "text",
    [
        "زار الوفد القاهرة، الرباط، تونس والجزائر.",
        "اشترى الولد تفاحا وموزا، عنبا وتمرا، ثم عاد.",
        "حضر الوزير، والوالي، والسفير.",
        "من جهة أخرى، أعلنت الوزارة، اليوم وغدا، عن عطلة.",
    ],
)
def test_other_commas_are_heard(text: str) -> None:
    assert sum(phrase.spoken.count("،") for phrase in said(text)) == text.count("،")


def test_a_short_sentence_stays_whole_unless_it_opens_an_article() -> None:
    text = "أعلنت الحكومة المغربية إحداث صندوق لدعم السكن خلال السنة المقبلة"
    assert cut(text) == [text]
    assert SHORTEST <= lengths(cut(text, opens=True))[0] <= 7


@pytest.mark.parametrize("line", CORPUS, ids=lambda line: line.split("|")[0].strip())
def test_the_first_phrase_of_an_article_is_no_longer_than_elsewhere(line: str) -> None:
    text = line.replace(" | ", " ")
    assert lengths(cut(text, opens=True))[0] <= lengths(cut(text))[0]


def test_most_first_phrases_are_short() -> None:
    found = sorted(lengths(cut(line.replace(" | ", " "), opens=True))[0] for line in CORPUS)
    elsewhere = sorted(lengths(cut(line.replace(" | ", " ")))[0] for line in CORPUS)
    middle = len(found) // 2
    assert found[middle] <= 7
    assert elsewhere[middle] >= 10
    assert found[0] >= SHORTEST


@pytest.mark.parametrize(
    "title", [None, "افتتح الملك المركز الجديد للبحث العلمي في العاصمة خلال زيارة رسمية"]
)
def test_the_first_sentence_spoken_begins_with_a_short_phrase_whoever_reads_it(title: str | None) -> None:
    body = "أعلنت الحكومة المغربية إحداث صندوق لدعم السكن خلال السنة المقبلة. " * 2
    article = INTAKE.extract(Submission(text=f"😀\n{body}", title=title))
    first, second, *_ = INTAKE.readings(article)
    assert len(first.pieces) > 1
    assert len(first.pieces[0].spoken.split()) <= 8
    assert len(second.pieces) == 1


def test_before_a_breath_words_keep_their_endings_and_after_a_comma_they_do_not() -> None:
    text = (
        "أعلنت وزارة الصحة في بيان لها صباح اليوم أن الحملة الوطنية للتلقيح ستنطلق "
        "في الأسبوع الأول من الشهر المقبل، وأن الفرق المتنقلة ستزور جميع القرى البعيدة "
        "عن المراكز الصحية خلال شهر واحد."
    )
    phrases = said(text)
    texts = [SpokenText(each.spoken, continues=each.boundary is Boundary.BREATH) for each in phrases]
    uttered = utter_all(texts, Diacritiser())

    kinds = [each.boundary for each in phrases]
    assert {Boundary.BREATH, Boundary.CLAUSE} < set(kinds)
    for phrase, utterance in zip(phrases, uttered, strict=True):
        last = utterance.phonemes.rstrip(".,")
        if phrase.boundary is Boundary.BREATH:
            assert re.search("[aiu]n?$|ː$", last), utterance
        else:
            assert not re.search("[^ː][aiu]$", last), utterance


def test_an_engine_is_told_of_a_breath_as_of_a_comma_and_counts_the_same_words() -> None:
    [begun, _] = utter_all([SpokenText("وصل الوزير", continues=True), SpokenText("إلى مصر.")], Diacritiser())
    told = continued(begun)
    assert (told.diacritised[-1], told.phonemes[-1]) == ("،", ",")
    assert len(told.diacritised.split()) == len(begun.diacritised.split())
    assert told.diacritised[:-1] == begun.diacritised


def test_every_phrase_has_its_words_of_the_article() -> None:
    text = CORPUS[0].replace(" | ", " ")
    phrases = said(text)
    assert len(phrases) > 1
    assert [phrase.text for phrase in phrases] == CORPUS[0].split(" | ")
    assert all(left.span.end < right.span.start for left, right in pairwise(phrases))


@pytest.mark.parametrize("marks", ["«»", "“”", '""'])
def test_a_short_quotation_stays_whole_though_its_marks_are_not_heard(marks: str) -> None:
    quotation = "حتى يعود المطر إلى القرية"
    for before in range(1, 14):
        text = f"قرأ {'بيت ' * before}{marks[0]}{quotation}{marks[1]} ثم عاد مع الجار قبل المساء إلى الدار"
        assert any(quotation in phrase.spoken for phrase in said(text)), said(text)
