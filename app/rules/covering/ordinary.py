"""Words that people are called as well: where one of them is covered, a person should look."""

from __future__ import annotations

import re

from app.rules.folding import visible

_WORDS = frozenset(
    re.findall(
        "..",
        (
            "高兴方便向阳平安建设和平光明文明安全幸福健康成功胜利解放建国国庆长江黄河泰山华山金星明天"
            "高山高原高楼高峰安康安静常青常年温泉白云白天万里方正方圆方向方法方面向前向上成立时间时光"
            "路边水利马路马上牛奶包头江山海洋石头石油金属金融康复康宁安宁安装安排安置全部齐全高度高速"
            "高温高级高层房产房子钱财项目强大段落计划计算应该师生师傅相关相信相对何时任何任务常常明明"
            "都是有关习惯黄金祝福宣传毕业毕竟和谐和气温暖温馨花园花费喜欢严重严格曾经卫生盛大程度程序"
            "关系关心关于管理管道荣誉广场解决解释连续连接宁静单位单独顾客华丽充分封闭从来经常经过经理"
            "红旗新华新民新春东升东风永兴永安长安长城长春春天夏天秋天冬天阳光朝阳晨光晓东学文爱国爱民"
            "利民为民民生民主小康大路路灯路面水管水源水泥田地叶子丁字白酒雷雨云南山东江西河南海南时候"
            "高低高考高效高价高中安徽万一万元于是由于包括包装施工施行严禁严肃柳树杨树松树林业林场庄稼"
            "庄园房屋常住常规平时平台平均平房向导明显明确车辆车站路口路段党员党委国家国道国土司机司法"
            "左右左边"
        ),
    )
)


def is_ordinary(word: str) -> bool:
    """Whether a name is an ordinary word besides."""
    return visible(word) in _WORDS
