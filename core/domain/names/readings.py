"""Readings that the pinyin dictionary gets wrong or cannot know, a syllable for each character."""

from __future__ import annotations

PLACES = {
    "单县": "shàn xiàn", "单州": "shàn zhōu", "洪洞": "hóng tóng", "什邡": "shí fāng", "涡阳": "guō yáng",
    "涡河": "guō hé", "长治": "cháng zhì", "六合": "lù hé", "乐陵": "lào líng", "乐亭": "lào tíng",
    "珲春": "hún chūn", "朝阳": "cháo yáng", "冠县": "guàn xiàn", "南乐": "nán lè", "民乐": "mín lè",
    "华阴": "huà yīn", "华州": "huà zhōu", "华县": "huà xiàn", "宕昌": "tàn chāng", "繁峙": "fán shì",
    "漯河": "luò hé", "大城县": "dài chéng xiàn", "子长": "zǐ cháng", "天长": "tiān cháng",
    "句容": "jù róng", "会稽": "kuài jī", "余干": "yú gān", "筠连": "jūn lián", "栎阳": "yuè yáng",
    "莘庄": "xīn zhuāng", "浒墅关": "xǔ shù guān", "浒关": "xǔ guān", "济南": "jǐ nán", "济宁": "jǐ níng",
    "济阳": "jǐ yáng", "济源": "jǐ yuán", "牟定": "mù dìng", "中牟": "zhōng mù", "景谷傣": "jǐng gǔ dǎi",
    "调兵山": "diào bīng shān", "曲江": "qǔ jiāng", "曲水": "qǔ shuǐ", "浪卡子": "làng kǎ zǐ",
    "隆子": "lóng zǐ", "双台子": "shuāng tái zi", "克什克腾": "kè shí kè téng", "康巴什": "kāng bā shí",
    "乌什": "wū shí", "阿图什": "ā tú shí", "塔什库尔干": "tǎ shí kù ěr gān", "博尔塔拉": "bó ěr tǎ lā",
    "覃塘": "qín táng", "曾都": "zēng dū", "将乐": "jiāng lè", "解州": "xiè zhōu", "芝罘": "zhī fú",
    "番禺": "pān yú", "尼勒克": "ní lè kè",
}  # fmt: skip
"""Divisions and towns, as the dictionary takes them."""

ALONE = {"长": "cháng", "都": "dū"}
"""Where the character stands in no word that the dictionary knows, as in 长宁 or 于都."""

SURNAMES = {
    "单": "shan4", "翟": "zhai2", "缪": "miao4", "仇": "qiu2", "解": "xie4", "曾": "zeng1", "区": "ou1",
    "朴": "piao2", "查": "zha1", "盖": "ge3", "员": "yun4", "贠": "yun4", "乐": "yue4", "覃": "qin2",
    "冼": "xian3", "洗": "xian3", "折": "she2", "种": "chong2", "召": "shao4", "隗": "wei3", "黑": "he4",
    "都": "du1", "牟": "mu4", "那": "na1", "哈": "ha3", "纪": "ji3", "任": "ren2", "华": "hua4",
    "秘": "bi4", "祭": "zhai4", "句": "gou1", "干": "gan1", "燕": "yan1", "薄": "bo2", "柏": "bai3",
    "佴": "nai4", "幺": "yao1", "么": "yao1", "撒": "sa3", "相": "xiang4", "尉": "wei4", "繁": "po2",
    "能": "nai4", "占": "zhan1", "车": "che1", "叶": "ye4", "沈": "shen3", "万": "wan4", "葛": "ge3",
    "过": "guo1", "应": "ying1", "谌": "chen2", "褚": "chu3", "宿": "su4", "宁": "ning4", "卜": "bu3",
    "费": "fei4", "曲": "qu1", "石": "shi2", "盛": "sheng4", "郗": "xi1", "长孙": "zhang3 sun1",
    "单于": "chan2 yu2", "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "澹台": "tan2 tai2", "令狐": "ling2 hu2",
    "阚": "kan4",
}  # fmt: skip
"""At the beginning of a person's name, with the tone as a figure."""
