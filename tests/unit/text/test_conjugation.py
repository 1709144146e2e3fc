"""Verb forms: paradigms written by hand, and what is true of every form of every verb of the table."""

import re
from itertools import pairwise

import pytest

from service.text.core.orthography import (
    DAMMA,
    FATHA,
    SUKUN,
    TANWIN,
    letters,
    skeleton,
)
from service.text.core.tables import rows
from service.text.grammar.conjugation import _SLOTS, Mood, Voice, _stems_of, forms, verbs
from service.text.grammar.grammar import Gender
from service.text.grammar.verb_sounds import sounds, spell, spelt
from service.text.grammar.verb_stems import Kind, pattern, settled

_PERSONS = {
    "هو": (3, Gender.MASCULINE, "singular"),
    "هي": (3, Gender.FEMININE, "singular"),
    "هما": (3, Gender.MASCULINE, "dual"),
    "هما للمؤنث": (3, Gender.FEMININE, "dual"),
    "هم": (3, Gender.MASCULINE, "plural"),
    "هن": (3, Gender.FEMININE, "plural"),
    "أنت": (2, Gender.MASCULINE, "singular"),
    "أنتِ": (2, Gender.FEMININE, "singular"),
    "أنتما": (2, Gender.MASCULINE, "dual"),
    "أنتم": (2, Gender.MASCULINE, "plural"),
    "أنتن": (2, Gender.FEMININE, "plural"),
    "أنا": (1, None, "singular"),
    "نحن": (1, None, "plural"),
}
_ALL = tuple(_PERSONS)

_FULL = """
كَتَبَ
past كَتَبَ كَتَبَتْ كَتَبَا كَتَبَتَا كَتَبُوا كَتَبْنَ كَتَبْتَ كَتَبْتِ كَتَبْتُمَا كَتَبْتُمْ كَتَبْتُنَّ كَتَبْتُ كَتَبْنَا
indicative يَكْتُبُ تَكْتُبُ يَكْتُبَانِ تَكْتُبَانِ يَكْتُبُونَ يَكْتُبْنَ تَكْتُبُ تَكْتُبِينَ تَكْتُبَانِ تَكْتُبُونَ تَكْتُبْنَ أَكْتُبُ نَكْتُبُ
subjunctive يَكْتُبَ تَكْتُبَ يَكْتُبَا تَكْتُبَا يَكْتُبُوا يَكْتُبْنَ تَكْتُبَ تَكْتُبِي تَكْتُبَا تَكْتُبُوا تَكْتُبْنَ أَكْتُبَ نَكْتُبَ
jussive يَكْتُبْ تَكْتُبْ يَكْتُبَا تَكْتُبَا يَكْتُبُوا يَكْتُبْنَ تَكْتُبْ تَكْتُبِي تَكْتُبَا تَكْتُبُوا تَكْتُبْنَ أَكْتُبْ نَكْتُبْ
رَدَّ
past رَدَّ رَدَّتْ رَدَّا رَدَّتَا رَدُّوا رَدَدْنَ رَدَدْتَ رَدَدْتِ رَدَدْتُمَا رَدَدْتُمْ رَدَدْتُنَّ رَدَدْتُ رَدَدْنَا
indicative يَرُدُّ تَرُدُّ يَرُدَّانِ تَرُدَّانِ يَرُدُّونَ يَرْدُدْنَ تَرُدُّ تَرُدِّينَ تَرُدَّانِ تَرُدُّونَ تَرْدُدْنَ أَرُدُّ نَرُدُّ
subjunctive يَرُدَّ تَرُدَّ يَرُدَّا تَرُدَّا يَرُدُّوا يَرْدُدْنَ تَرُدَّ تَرُدِّي تَرُدَّا تَرُدُّوا تَرْدُدْنَ أَرُدَّ نَرُدَّ
jussive يَرُدَّ/يَرْدُدْ تَرُدَّ يَرُدَّا تَرُدَّا يَرُدُّوا يَرْدُدْنَ تَرُدَّ تَرُدِّي تَرُدَّا تَرُدُّوا تَرْدُدْنَ أَرُدَّ نَرُدَّ
قَالَ
past قَالَ قَالَتْ قَالَا قَالَتَا قَالُوا قُلْنَ قُلْتَ قُلْتِ قُلْتُمَا قُلْتُمْ قُلْتُنَّ قُلْتُ قُلْنَا
indicative يَقُولُ تَقُولُ يَقُولَانِ تَقُولَانِ يَقُولُونَ يَقُلْنَ تَقُولُ تَقُولِينَ تَقُولَانِ تَقُولُونَ تَقُلْنَ أَقُولُ نَقُولُ
subjunctive يَقُولَ تَقُولَ يَقُولَا تَقُولَا يَقُولُوا يَقُلْنَ تَقُولَ تَقُولِي تَقُولَا تَقُولُوا تَقُلْنَ أَقُولَ نَقُولَ
jussive يَقُلْ تَقُلْ يَقُولَا تَقُولَا يَقُولُوا يَقُلْنَ تَقُلْ تَقُولِي تَقُولَا تَقُولُوا تَقُلْنَ أَقُلْ نَقُلْ
دَعَا
past دَعَا دَعَتْ دَعَوَا دَعَتَا دَعَوْا دَعَوْنَ دَعَوْتَ دَعَوْتِ دَعَوْتُمَا دَعَوْتُمْ دَعَوْتُنَّ دَعَوْتُ دَعَوْنَا
indicative يَدْعُو تَدْعُو يَدْعُوَانِ تَدْعُوَانِ يَدْعُونَ يَدْعُونَ تَدْعُو تَدْعِينَ تَدْعُوَانِ تَدْعُونَ تَدْعُونَ أَدْعُو نَدْعُو
subjunctive يَدْعُوَ تَدْعُوَ يَدْعُوَا تَدْعُوَا يَدْعُوا يَدْعُونَ تَدْعُوَ تَدْعِي تَدْعُوَا تَدْعُوا تَدْعُونَ أَدْعُوَ نَدْعُوَ
jussive يَدْعُ تَدْعُ يَدْعُوَا تَدْعُوَا يَدْعُوا يَدْعُونَ تَدْعُ تَدْعِي تَدْعُوَا تَدْعُوا تَدْعُونَ أَدْعُ نَدْعُ
لَقِيَ
past لَقِيَ لَقِيَتْ لَقِيَا لَقِيَتَا لَقُوا لَقِينَ لَقِيتَ لَقِيتِ لَقِيتُمَا لَقِيتُمْ لَقِيتُنَّ لَقِيتُ لَقِينَا
indicative يَلْقَى تَلْقَى يَلْقَيَانِ تَلْقَيَانِ يَلْقَوْنَ يَلْقَيْنَ تَلْقَى تَلْقَيْنَ تَلْقَيَانِ تَلْقَوْنَ تَلْقَيْنَ أَلْقَى نَلْقَى
subjunctive يَلْقَى تَلْقَى يَلْقَيَا تَلْقَيَا يَلْقَوْا يَلْقَيْنَ تَلْقَى تَلْقَيْ تَلْقَيَا تَلْقَوْا تَلْقَيْنَ أَلْقَى نَلْقَى
jussive يَلْقَ تَلْقَ يَلْقَيَا تَلْقَيَا يَلْقَوْا يَلْقَيْنَ تَلْقَ تَلْقَيْ تَلْقَيَا تَلْقَوْا تَلْقَيْنَ أَلْقَ نَلْقَ
رَمَى
past رَمَى رَمَتْ رَمَيَا رَمَتَا رَمَوْا رَمَيْنَ رَمَيْتَ رَمَيْتِ رَمَيْتُمَا رَمَيْتُمْ رَمَيْتُنَّ رَمَيْتُ رَمَيْنَا
indicative يَرْمِي تَرْمِي يَرْمِيَانِ تَرْمِيَانِ يَرْمُونَ يَرْمِينَ تَرْمِي تَرْمِينَ تَرْمِيَانِ تَرْمُونَ تَرْمِينَ أَرْمِي نَرْمِي
subjunctive يَرْمِيَ تَرْمِيَ يَرْمِيَا تَرْمِيَا يَرْمُوا يَرْمِينَ تَرْمِيَ تَرْمِي تَرْمِيَا تَرْمُوا تَرْمِينَ أَرْمِيَ نَرْمِيَ
jussive يَرْمِ تَرْمِ يَرْمِيَا تَرْمِيَا يَرْمُوا يَرْمِينَ تَرْمِ تَرْمِي تَرْمِيَا تَرْمُوا تَرْمِينَ أَرْمِ نَرْمِ
قَرَأَ
past قَرَأَ قَرَأَتْ قَرَآ قَرَأَتَا قَرَؤُوا قَرَأْنَ قَرَأْتَ قَرَأْتِ قَرَأْتُمَا قَرَأْتُمْ قَرَأْتُنَّ قَرَأْتُ قَرَأْنَا
indicative يَقْرَأُ تَقْرَأُ يَقْرَآنِ تَقْرَآنِ يَقْرَؤُونَ يَقْرَأْنَ تَقْرَأُ تَقْرَئِينَ تَقْرَآنِ تَقْرَؤُونَ تَقْرَأْنَ أَقْرَأُ نَقْرَأُ
subjunctive يَقْرَأَ تَقْرَأَ يَقْرَآ تَقْرَآ يَقْرَؤُوا يَقْرَأْنَ تَقْرَأَ تَقْرَئِي تَقْرَآ تَقْرَؤُوا تَقْرَأْنَ أَقْرَأَ نَقْرَأَ
jussive يَقْرَأْ تَقْرَأْ يَقْرَآ تَقْرَآ يَقْرَؤُوا يَقْرَأْنَ تَقْرَأْ تَقْرَئِي تَقْرَآ تَقْرَؤُوا تَقْرَأْنَ أَقْرَأْ نَقْرَأْ
رَأَى
past رَأَى رَأَتْ رَأَيَا رَأَتَا رَأَوْا رَأَيْنَ رَأَيْتَ رَأَيْتِ رَأَيْتُمَا رَأَيْتُمْ رَأَيْتُنَّ رَأَيْتُ رَأَيْنَا
indicative يَرَى تَرَى يَرَيَانِ تَرَيَانِ يَرَوْنَ يَرَيْنَ تَرَى تَرَيْنَ تَرَيَانِ تَرَوْنَ تَرَيْنَ أَرَى نَرَى
subjunctive يَرَى تَرَى يَرَيَا تَرَيَا يَرَوْا يَرَيْنَ تَرَى تَرَيْ تَرَيَا تَرَوْا تَرَيْنَ أَرَى نَرَى
jussive يَرَ تَرَ يَرَيَا تَرَيَا يَرَوْا يَرَيْنَ تَرَ تَرَيْ تَرَيَا تَرَوْا تَرَيْنَ أَرَ نَرَ
"""
"""All persons, in the order of ``_PERSONS``."""

_SHORT = """
أَخَذَ | أَخَذَتْ أَخَذُوا أَخَذْتُ | يَأْخُذُ يَأْخُذُونَ آخُذُ يَأْخُذْ | أُخِذَ أُخِذَتْ | يُؤْخَذُ | خُذْ خُذِي خُذُوا
سَأَلَ | سَأَلَتْ سَأَلُوا سَأَلْتُ | يَسْأَلُ يَسْأَلُونَ أَسْأَلُ يَسْأَلْ | سُئِلَ سُئِلَتْ | يُسْأَلُ | اسْأَلْ اسْأَلِي اسْأَلُوا
ظَلَّ | ظَلَّتْ ظَلُّوا ظَلِلْتُ | يَظَلُّ يَظَلُّونَ أَظَلُّ يَظَلَّ | - - | - | ظَلَّ ظَلِّي ظَلُّوا
وَصَلَ | وَصَلَتْ وَصَلُوا وَصَلْتُ | يَصِلُ يَصِلُونَ أَصِلُ يَصِلْ | وُصِلَ وُصِلَتْ | يُوصَلُ | صِلْ صِلِي صِلُوا
وَضَعَ | وَضَعَتْ وَضَعُوا وَضَعْتُ | يَضَعُ يَضَعُونَ أَضَعُ يَضَعْ | وُضِعَ وُضِعَتْ | يُوضَعُ | ضَعْ ضَعِي ضَعُوا
يَئِسَ | يَئِسَتْ يَئِسُوا يَئِسْتُ | يَيْأَسُ يَيْأَسُونَ أَيْأَسُ يَيْأَسْ | - - | - | ايْأَسْ ايْأَسِي ايْأَسُوا
بَاعَ | بَاعَتْ بَاعُوا بِعْتُ | يَبِيعُ يَبِيعُونَ أَبِيعُ يَبِعْ | بِيعَ بِيعَتْ | يُبَاعُ | بِعْ بِيعِي بِيعُوا
نَالَ | نَالَتْ نَالُوا نِلْتُ | يَنَالُ يَنَالُونَ أَنَالُ يَنَلْ | نِيلَ نِيلَتْ | يُنَالُ | نَلْ نَالِي نَالُوا
جَاءَ | جَاءَتْ جَاؤُوا جِئْتُ | يَجِيءُ يَجِيئُونَ أَجِيءُ يَجِئْ | جِيءَ جِيئَتْ | يُجَاءُ | جِئْ جِيئِي جِيئُوا
وَعَى | وَعَتْ وَعَوْا وَعَيْتُ | يَعِي يَعُونَ أَعِي يَعِ | وُعِيَ وُعِيَتْ | يُوعَى | - عِي عُوا
رَوَى | رَوَتْ رَوَوْا رَوَيْتُ | يَرْوِي يَرْوُونَ أَرْوِي يَرْوِ | رُوِيَ رُوِيَتْ | يُرْوَى | ارْوِ ارْوِي ارْوُوا
نَوَى | نَوَتْ نَوَوْا نَوَيْتُ | يَنْوِي يَنْوُونَ أَنْوِي يَنْوِ | نُوِيَ نُوِيَتْ | يُنْوَى | انْوِ انْوِي انْوُوا
أَتَى | أَتَتْ أَتَوْا أَتَيْتُ | يَأْتِي يَأْتُونَ آتِي يَأْتِ | أُتِيَ أُتِيَتْ | يُؤْتَى | ائْتِ ائْتِي ائْتُوا
خَصَّصَ | خَصَّصَتْ خَصَّصُوا خَصَّصْتُ | يُخَصِّصُ يُخَصِّصُونَ أُخَصِّصُ يُخَصِّصْ | خُصِّصَ خُصِّصَتْ | يُخَصَّصُ | خَصِّصْ خَصِّصِي خَصِّصُوا
أَكَّدَ | أَكَّدَتْ أَكَّدُوا أَكَّدْتُ | يُؤَكِّدُ يُؤَكِّدُونَ أُؤَكِّدُ يُؤَكِّدْ | أُكِّدَ أُكِّدَتْ | يُؤَكَّدُ | أَكِّدْ أَكِّدِي أَكِّدُوا
أَدَّى | أَدَّتْ أَدَّوْا أَدَّيْتُ | يُؤَدِّي يُؤَدُّونَ أُؤَدِّي يُؤَدِّ | أُدِّيَ أُدِّيَتْ | يُؤَدَّى | أَدِّ أَدِّي أَدُّوا
نَاقَشَ | نَاقَشَتْ نَاقَشُوا نَاقَشْتُ | يُنَاقِشُ يُنَاقِشُونَ أُنَاقِشُ يُنَاقِشْ | نُوقِشَ نُوقِشَتْ | يُنَاقَشُ | نَاقِشْ نَاقِشِي نَاقِشُوا
لَاقَى | لَاقَتْ لَاقَوْا لَاقَيْتُ | يُلَاقِي يُلَاقُونَ أُلَاقِي يُلَاقِ | لُوقِيَ لُوقِيَتْ | يُلَاقَى | لَاقِ لَاقِي لَاقُوا
أَعْلَنَ | أَعْلَنَتْ أَعْلَنُوا أَعْلَنْتُ | يُعْلِنُ يُعْلِنُونَ أُعْلِنُ يُعْلِنْ | أُعْلِنَ أُعْلِنَتْ | يُعْلَنُ | أَعْلِنْ أَعْلِنِي أَعْلِنُوا
آمَنَ | آمَنَتْ آمَنُوا آمَنْتُ | يُؤْمِنُ يُؤْمِنُونَ أُؤْمِنُ يُؤْمِنْ | أُومِنَ أُومِنَتْ | يُؤْمَنُ | آمِنْ آمِنِي آمِنُوا
أَعَدَّ | أَعَدَّتْ أَعَدُّوا أَعْدَدْتُ | يُعِدُّ يُعِدُّونَ أُعِدُّ يُعِدَّ | أُعِدَّ أُعِدَّتْ | يُعَدُّ | أَعِدَّ أَعِدِّي أَعِدُّوا
أَقَامَ | أَقَامَتْ أَقَامُوا أَقَمْتُ | يُقِيمُ يُقِيمُونَ أُقِيمُ يُقِمْ | أُقِيمَ أُقِيمَتْ | يُقَامُ | أَقِمْ أَقِيمِي أَقِيمُوا
أَوْقَفَ | أَوْقَفَتْ أَوْقَفُوا أَوْقَفْتُ | يُوقِفُ يُوقِفُونَ أُوقِفُ يُوقِفْ | أُوقِفَ أُوقِفَتْ | يُوقَفُ | أَوْقِفْ أَوْقِفِي أَوْقِفُوا
أَيْقَنَ | أَيْقَنَتْ أَيْقَنُوا أَيْقَنْتُ | يُوقِنُ يُوقِنُونَ أُوقِنُ يُوقِنْ | - - | - | أَيْقِنْ أَيْقِنِي أَيْقِنُوا
أَعْطَى | أَعْطَتْ أَعْطَوْا أَعْطَيْتُ | يُعْطِي يُعْطُونَ أُعْطِي يُعْطِ | أُعْطِيَ أُعْطِيَتْ | يُعْطَى | أَعْطِ أَعْطِي أَعْطُوا
تَقَدَّمَ | تَقَدَّمَتْ تَقَدَّمُوا تَقَدَّمْتُ | يَتَقَدَّمُ يَتَقَدَّمُونَ أَتَقَدَّمُ يَتَقَدَّمْ | - - | - | تَقَدَّمْ تَقَدَّمِي تَقَدَّمُوا
تَوَفَّى | تَوَفَّتْ تَوَفَّوْا تَوَفَّيْتُ | يَتَوَفَّى يَتَوَفَّوْنَ أَتَوَفَّى يَتَوَفَّ | تُوُفِّيَ تُوُفِّيَتْ | يُتَوَفَّى | تَوَفَّ تَوَفَّيْ تَوَفَّوْا
تَبَادَلَ | تَبَادَلَتْ تَبَادَلُوا تَبَادَلْتُ | يَتَبَادَلُ يَتَبَادَلُونَ أَتَبَادَلُ يَتَبَادَلْ | تُبُودِلَ تُبُودِلَتْ | يُتَبَادَلُ | تَبَادَلْ تَبَادَلِي تَبَادَلُوا
تَسَاءَلَ | تَسَاءَلَتْ تَسَاءَلُوا تَسَاءَلْتُ | يَتَسَاءَلُ يَتَسَاءَلُونَ أَتَسَاءَلُ يَتَسَاءَلْ | - - | - | تَسَاءَلْ تَسَاءَلِي تَسَاءَلُوا
اِنْفَجَرَ | انْفَجَرَتْ انْفَجَرُوا انْفَجَرْتُ | يَنْفَجِرُ يَنْفَجِرُونَ أَنْفَجِرُ يَنْفَجِرْ | - - | - | انْفَجِرْ انْفَجِرِي انْفَجِرُوا
اِنْضَمَّ | انْضَمَّتْ انْضَمُّوا انْضَمَمْتُ | يَنْضَمُّ يَنْضَمُّونَ أَنْضَمُّ يَنْضَمَّ | - - | - | انْضَمَّ انْضَمِّي انْضَمُّوا
اِعْتَقَلَ | اعْتَقَلَتْ اعْتَقَلُوا اعْتَقَلْتُ | يَعْتَقِلُ يَعْتَقِلُونَ أَعْتَقِلُ يَعْتَقِلْ | اعْتُقِلَ اعْتُقِلَتْ | يُعْتَقَلُ | اعْتَقِلْ اعْتَقِلِي اعْتَقِلُوا
اِخْتَارَ | اخْتَارَتْ اخْتَارُوا اخْتَرْتُ | يَخْتَارُ يَخْتَارُونَ أَخْتَارُ يَخْتَرْ | اخْتِيرَ اخْتِيرَتْ | يُخْتَارُ | اخْتَرْ اخْتَارِي اخْتَارُوا
اِحْتَلَّ | احْتَلَّتْ احْتَلُّوا احْتَلَلْتُ | يَحْتَلُّ يَحْتَلُّونَ أَحْتَلُّ يَحْتَلَّ | احْتُلَّ احْتُلَّتْ | يُحْتَلُّ | احْتَلَّ احْتَلِّي احْتَلُّوا
اِتَّخَذَ | اتَّخَذَتْ اتَّخَذُوا اتَّخَذْتُ | يَتَّخِذُ يَتَّخِذُونَ أَتَّخِذُ يَتَّخِذْ | اتُّخِذَ اتُّخِذَتْ | يُتَّخَذُ | اتَّخِذْ اتَّخِذِي اتَّخِذُوا
اِزْدَادَ | ازْدَادَتْ ازْدَادُوا ازْدَدْتُ | يَزْدَادُ يَزْدَادُونَ أَزْدَادُ يَزْدَدْ | - - | - | ازْدَدْ ازْدَادِي ازْدَادُوا
اِصْطَدَمَ | اصْطَدَمَتْ اصْطَدَمُوا اصْطَدَمْتُ | يَصْطَدِمُ يَصْطَدِمُونَ أَصْطَدِمُ يَصْطَدِمْ | - - | - | اصْطَدِمْ اصْطَدِمِي اصْطَدِمُوا
اِضْطَرَّ | اضْطَرَّتْ اضْطَرُّوا اضْطَرَرْتُ | يَضْطَرُّ يَضْطَرُّونَ أَضْطَرُّ يَضْطَرَّ | اضْطُرَّ اضْطُرَّتْ | يُضْطَرُّ | اضْطَرَّ اضْطَرِّي اضْطَرُّوا
اِدَّعَى | ادَّعَتْ ادَّعَوْا ادَّعَيْتُ | يَدَّعِي يَدَّعُونَ أَدَّعِي يَدَّعِ | ادُّعِيَ ادُّعِيَتْ | يُدَّعَى | ادَّعِ ادَّعِي ادَّعُوا
اِطَّلَعَ | اطَّلَعَتْ اطَّلَعُوا اطَّلَعْتُ | يَطَّلِعُ يَطَّلِعُونَ أَطَّلِعُ يَطَّلِعْ | - - | - | اطَّلِعْ اطَّلِعِي اطَّلِعُوا
اِسْوَدَّ | اسْوَدَّتْ اسْوَدُّوا اسْوَدَدْتُ | يَسْوَدُّ يَسْوَدُّونَ أَسْوَدُّ يَسْوَدَّ | - - | - | اسْوَدَّ اسْوَدِّي اسْوَدُّوا
اِسْتَخْدَمَ | اسْتَخْدَمَتْ اسْتَخْدَمُوا اسْتَخْدَمْتُ | يَسْتَخْدِمُ يَسْتَخْدِمُونَ أَسْتَخْدِمُ يَسْتَخْدِمْ | اسْتُخْدِمَ اسْتُخْدِمَتْ | يُسْتَخْدَمُ | اسْتَخْدِمْ اسْتَخْدِمِي اسْتَخْدِمُوا
اِسْتَوْرَدَ | اسْتَوْرَدَتْ اسْتَوْرَدُوا اسْتَوْرَدْتُ | يَسْتَوْرِدُ يَسْتَوْرِدُونَ أَسْتَوْرِدُ يَسْتَوْرِدْ | اسْتُورِدَ اسْتُورِدَتْ | يُسْتَوْرَدُ | اسْتَوْرِدْ اسْتَوْرِدِي اسْتَوْرِدُوا
اِسْتَعَادَ | اسْتَعَادَتْ اسْتَعَادُوا اسْتَعَدْتُ | يَسْتَعِيدُ يَسْتَعِيدُونَ أَسْتَعِيدُ يَسْتَعِدْ | اسْتُعِيدَ اسْتُعِيدَتْ | يُسْتَعَادُ | اسْتَعِدْ اسْتَعِيدِي اسْتَعِيدُوا
اِسْتَعَدَّ | اسْتَعَدَّتْ اسْتَعَدُّوا اسْتَعْدَدْتُ | يَسْتَعِدُّ يَسْتَعِدُّونَ أَسْتَعِدُّ يَسْتَعِدَّ | - - | - | اسْتَعِدَّ اسْتَعِدِّي اسْتَعِدُّوا
اِسْتَثْنَى | اسْتَثْنَتْ اسْتَثْنَوْا اسْتَثْنَيْتُ | يَسْتَثْنِي يَسْتَثْنُونَ أَسْتَثْنِي يَسْتَثْنِ | اسْتُثْنِيَ اسْتُثْنِيَتْ | يُسْتَثْنَى | اسْتَثْنِ اسْتَثْنِي اسْتَثْنُوا
سَيْطَرَ | سَيْطَرَتْ سَيْطَرُوا سَيْطَرْتُ | يُسَيْطِرُ يُسَيْطِرُونَ أُسَيْطِرُ يُسَيْطِرْ | سُيْطِرَ سُيْطِرَتْ | يُسَيْطَرُ | سَيْطِرْ سَيْطِرِي سَيْطِرُوا
زَعْزَعَ | زَعْزَعَتْ زَعْزَعُوا زَعْزَعْتُ | يُزَعْزِعُ يُزَعْزِعُونَ أُزَعْزِعُ يُزَعْزِعْ | زُعْزِعَ زُعْزِعَتْ | يُزَعْزَعُ | زَعْزِعْ زَعْزِعِي زَعْزِعُوا
تَدَهْوَرَ | تَدَهْوَرَتْ تَدَهْوَرُوا تَدَهْوَرْتُ | يَتَدَهْوَرُ يَتَدَهْوَرُونَ أَتَدَهْوَرُ يَتَدَهْوَرْ | - - | - | تَدَهْوَرْ تَدَهْوَرِي تَدَهْوَرُوا
اِطْمَأَنَّ | اطْمَأَنَّتْ اطْمَأَنُّوا اطْمَأْنَنْتُ | يَطْمَئِنُّ يَطْمَئِنُّونَ أَطْمَئِنُّ يَطْمَئِنَّ | - - | - | اطْمَئِنَّ اطْمَئِنِّي اطْمَئِنُّوا
"""  # noqa: E501
"""Past (هي هم أنا), present (هو هم أنا, jussive هو), passive past (هو هي), passive present (هو), imperative
(أنت أنتِ أنتم); a hyphen where there is none."""

_COLUMNS = (
    (Voice.ACTIVE, ((Mood.PAST, "هي"), (Mood.PAST, "هم"), (Mood.PAST, "أنا"))),
    (
        Voice.ACTIVE,
        ((Mood.INDICATIVE, "هو"), (Mood.INDICATIVE, "هم"), (Mood.INDICATIVE, "أنا"), (Mood.JUSSIVE, "هو")),
    ),
    (Voice.PASSIVE, ((Mood.PAST, "هو"), (Mood.PAST, "هي"))),
    (Voice.PASSIVE, ((Mood.INDICATIVE, "هو"),)),
    (Voice.ACTIVE, ((Mood.IMPERATIVE, "أنت"), (Mood.IMPERATIVE, "أنتِ"), (Mood.IMPERATIVE, "أنتم"))),
)


def _paradigms():
    lemma = ""
    for line in _FULL.split("\n"):
        mood, *said = line.split() or [""]
        if mood and not said:
            lemma = mood
        for person, alternatives in zip(_ALL, said, strict=True) if said else ():
            for form in alternatives.split("/"):
                yield lemma, Voice.ACTIVE, Mood(mood), person, form
    for line in filter(None, _SHORT.split("\n")):
        lemma, *columns = (column.strip() for column in line.split("|"))
        for (voice, places), said in zip(_COLUMNS, columns, strict=True):
            for (mood, person), form in zip(places, said.split(), strict=True):
                if form != "-":
                    yield lemma, voice, mood, person, form


_WRITTEN = list(_paradigms())


@pytest.mark.parametrize("lemma", sorted({row[0] for row in _WRITTEN}))
def test_a_verb_is_conjugated_as_the_grammars_do(lemma):
    for verb, voice, mood, person, form in _WRITTEN:
        if verb == lemma:
            found = {
                (each.vowelled, each.voice, each.mood, *each.subject)
                for each in forms(skeleton(form))
                if each.lemma == lemma
            }
            assert (form, voice, mood, *_PERSONS[person]) in found, (form, mood, person)


def test_a_hyphen_means_that_the_verb_has_no_passive():
    for line in filter(None, _SHORT.split("\n")):
        lemma, *columns = (column.strip() for column in line.split("|"))
        assert all(verb.has_passive == (columns[2] != "- -") for verb in verbs() if verb.lemma == lemma), (
            lemma
        )


def test_each_line_of_the_table_has_the_pattern_of_its_form():
    for past, present, _ in rows("grammar/verbs.tsv"):
        assert pattern(past, present).form
        for form in (past, present):
            assert spelt(spell(sounds(form))) == form


@pytest.mark.parametrize(
    ("past", "present"),
    [("خَصَصَ", "يُخَصِّصُ"), ("قَالَ", "يَقِلُ"), ("أَعْلَنَ", "يَعْلَنُ"), ("زَكَى", "يَزْكُو"), ("اِنْتَقَلَ", "يَنْقَلِبُ")],
)
def test_two_forms_that_are_not_of_one_verb_are_refused(past, present):
    with pytest.raises(ValueError, match="no verb"):
        pattern(past, present)


def test_no_verb_has_two_lines():
    lines = [row[:2] for row in rows("grammar/verbs.tsv")]
    assert len(lines) == len(set(lines)) > 3000


def test_flags_are_those_of_the_head():
    for past, _, flags in rows("grammar/verbs.tsv"):
        assert re.fullmatch("(ti?|ip?)h?d?[123]", flags), past
        assert "h" not in flags or "t" in flags, past


def _composed(verb, *, every_person):
    """Forms of two letters and more, without clitics: of each stem the first person that has it, or all."""
    for stem in _stems_of(verb):
        for begins, by_tail in _SLOTS.items():
            slots = [slot for by_ending in by_tail.values() for slot in by_ending.get(stem.ending, ())]
            for slot in [slot for slot in slots if not slot.attached][: None if every_person else 1]:
                form = spelt(spell(settled(begins + stem.sounds + slot.tail)))
                if len(skeleton(form)) > 1:
                    yield stem.voice, slot, form


@pytest.fixture(scope="module")
def composed_forms():
    return [(verb, *each) for verb in verbs() for each in _composed(verb, every_person=False)]


def _without_wasl(form):
    return re.sub("^ا[\u064e-\u0650]", "ا", form)


def test_every_stem_of_every_verb_is_found_by_its_letters(composed_forms):
    for verb, voice, slot, form in composed_forms:
        found = {
            (each.vowelled, each.voice, each.mood, each.subject)
            for each in forms(skeleton(form))
            if each.verb == verb
        }
        assert (_without_wasl(form), voice, slot.mood, slot.subject) in found, form


def test_every_person_of_one_verb_a_pattern_is_found_by_its_letters():
    chosen = {}
    for verb in verbs():
        composed = pattern(verb.lemma, verb.present)
        hamza = [letter.char in "أإآؤئء" for letter in letters(verb.lemma)]
        chosen[composed.form, composed.kind, tuple(hamza), composed.past.vowel] = verb
    assert len(chosen) > 60
    for verb in chosen.values():
        for voice, slot, form in _composed(verb, every_person=True):
            found = {
                (each.vowelled, each.voice, each.mood, each.subject)
                for each in forms(skeleton(form))
                if each.verb == verb
            }
            assert (_without_wasl(form), voice, slot.mood, slot.subject) in found, form


def _faults(form):
    """What no Arabic word has."""
    marked = letters(form)
    for one, two in pairwise(marked):
        if one.vowel == SUKUN and two.shadda:
            yield "shadda after sukūn"
        if one.vowel == SUKUN and two.vowel == SUKUN:
            yield "two sukūns"
        if one.vowel == SUKUN and not two.vowel and not form.endswith("وْا"):
            yield "a long vowel after sukūn"
        if not one.vowel and not two.vowel:
            yield "two letters without marks"
    if any(letter.vowel in TANWIN for letter in marked):
        yield "tanwīn"
    if any(letter.shadda and not letter.vowel for letter in marked):
        yield "shadda without a vowel"


def test_no_form_is_an_impossible_word(composed_forms):
    for *_, form in composed_forms:
        silent = form.removesuffix("ا") if form.endswith("وا") else form
        assert not list(_faults(silent)), form


def test_faults_are_noticed():
    for word in ("يُصْدِّرُ", "قَلْبْ", "بَيْتًا", "قُدّم", "قَدْا"):
        assert list(_faults(word)), word


def test_vowels_that_show_form_and_voice(composed_forms):
    patterns = {verb: pattern(verb.lemma, verb.present) for verb in verbs()}
    for verb, voice, slot, form in composed_forms:
        first = letters(form)[0].vowel
        composed = patterns[verb]
        if slot.mood is Mood.PAST and voice is Voice.PASSIVE and composed.kind is not Kind.HOLLOW:
            assert first == DAMMA, form
        if slot.mood not in {Mood.PAST, Mood.IMPERATIVE} and not form.startswith("آ"):
            u = voice is Voice.PASSIVE or composed.form in {"II", "III", "IV", "Q1"}
            assert first == (DAMMA if u else FATHA), form


@pytest.mark.parametrize(
    ("written", "vowelled"),
    [
        ("وسيقول", "وَسَيَقُولُ"),
        ("فليكن", "فَلْيَكُنْ"),
        ("ليقدم", "لِيُقَدِّمَ"),
        ("ولنعمل", "وَلْنَعْمَلْ"),
        ("لكان", "لَكَانَ"),
        ("أتعلم", "أَتَعْلَمُ"),
        ("واستقبلته", "وَاسْتَقْبَلَتْهُ"),
        ("يعطيه", "يُعْطِيهِ"),
        ("يعطيهم", "يُعْطِيهِمْ"),
        ("أعطوه", "أَعْطَوْهُ"),
        ("أعطتها", "أَعْطَتْهَا"),
        ("رآه", "رَآهُ"),
        ("يراهم", "يَرَاهُمْ"),
        ("دعاني", "دَعَانِي"),
        ("دعانا", "دَعَانَا"),
        ("سيدعوكم", "سَيَدْعُوكُمْ"),
        ("قتلوه", "قَتَلُوهُ"),
        ("رأيتموها", "رَأَيْتُمُوهَا"),
        ("يستخدمونها", "يَسْتَخْدِمُونَهَا"),
        ("شكرك", "شَكَرَكَ"),
        ("شكرك", "شَكَرَكِ"),
        ("تقرؤه", "تَقْرَؤُهُ"),
        ("تقرأه", "تَقْرَأُهُ"),
        ("نبهه", "نَبَّهَهُ"),
        ("يدركك", "يُدْرِكُكَ"),
        ("أعلنا", "أَعْلَنَّا"),
        ("سكت", "سَكَتُّ"),
        ("كنا", "كُنَّا"),
        ("مكننا", "مَكَّنَنَا"),
        ("سآخذ", "سَآخُذُ"),
        ("بدأوا", "بَدَأُوا"),
        ("بدؤوا", "بَدَؤُوا"),
        ("جاءوا", "جَاءُوا"),
        ("اخذ", "اَخَذَ"),
        ("واعلن", "وَاُعْلِنَ"),
        ("ساقول", "سَاَقُولُ"),
        ("إستعاد", "إِسْتَعَادَ"),
        ("أعتقل", "أُعْتُقِلَ"),
        ("توفي", "تُوُفِّيَ"),
        ("عثر", "عُثِرَ"),
        ("أفرج", "أُفْرِجَ"),
        ("نؤكد", "نُؤَكِّدُ"),
        ("تفاءل", "تَفَاءَلَ"),
        ("يسيئون", "يُسِيئُونَ"),
        ("لجأت", "لَجَأَتْ"),
        ("بدئ", "بُدِئَ"),
    ],
)
def test_clitics_pronouns_and_spellings_of_hamza(written, vowelled):
    assert vowelled in {form.vowelled for form in forms(written)}


@pytest.mark.parametrize(
    ("written", "vowelled"),
    [
        ("خصص", "خَصَصَ"),
        ("سئل", "سَأَلَ"),
        ("وصلها", "وُصِلَهَا"),
        ("ينفجر", "يُنْفَجَرُ"),
        ("سيقول", "سَيَقُولَ"),
        ("ليقول", "لَيَقُولَ"),
        ("وقال", "وُقَالَ"),
        ("يرميه", "يَرْمِيهُ"),
        ("انفجره", "انْفَجَرَهُ"),
        ("سقال", "سَقَالَ"),
        ("أقولني", "أَقُولُنِي"),
    ],
)
def test_what_does_not_exist_is_not_found(written, vowelled):
    assert vowelled not in {form.vowelled for form in forms(written)}


@pytest.mark.parametrize("written", ["", "و", "دولار", "الحكومة", "abc", "ق" * 30, "٣", "زرقاء"])
def test_other_words_have_no_forms(written):
    assert forms(written) == ()


def test_the_letters_are_those_asked_for():
    for past, present, _ in rows("grammar/verbs.tsv"):
        for written in (skeleton(past), "و" + skeleton(present), skeleton(past).replace("أ", "ا", 1)):
            for form in forms(written):
                assert skeleton(form.vowelled) == written


def test_flags_prefix_and_suffix_are_told():
    (form,) = [form for form in forms("وسيعتقلهم") if form.lemma == "اِعْتَقَلَ"]
    assert (form.prefix, form.suffix, form.verb.rank) == ("وس", "هم", 1)
    assert form.flags == {"t", "h", "d"}


def test_forms_of_common_verbs_come_first():
    ranks = [form.verb.rank for form in forms("قدم")]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1
