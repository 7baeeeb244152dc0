"""What a typed change can be about, by the words that people begin it with. Pure."""

import re
from enum import StrEnum


class Topic(StrEnum):
    """One setting of a chat, by the word that is documented for it."""

    LANGUAGE = "language"
    SOURCES = "sources"
    INCLUDE = "include"
    EXCLUDE = "exclude"
    CATEGORIES = "categories"
    AUTHORS = "authors"
    ORGANIZATIONS = "organizations"
    UPVOTES = "upvotes"
    SCORE = "score"
    MOST = "most"
    CODE = "code"
    STYLE = "style"
    HOURS = "hours"
    QUIET = "quiet"
    ZONE = "zone"
    HEARTBEAT = "heartbeat"
    PREVIEWS = "previews"
    PICTURES = "pictures"
    SOUND = "sound"


_WORDS = {
    Topic.LANGUAGE: "language|languages|lang|语言",
    Topic.SOURCES: "sources|source|lists|list|来源|订阅源|名单",
    Topic.INCLUDE: "include|includes|including|keywords|keyword|words|only|包含|关键词|只要",
    Topic.EXCLUDE: "exclude|excludes|excluding|without|except|not|排除|不含|屏蔽",
    Topic.CATEGORIES: "categories|category|cats|cat|分类|类别",
    Topic.AUTHORS: "authors|author|by|作者",
    Topic.ORGANIZATIONS: "organizations|organization|organisations|organisation|orgs|org|机构|单位",
    Topic.UPVOTES: "upvotes|upvote|votes|likes|点赞数|点赞|赞",
    Topic.SCORE: "score|scores|rating|recommendation|推荐度|评分|推荐",
    Topic.MOST: "most|at most|max|maximum|limit|最多|上限",
    Topic.CODE: "code|代码",
    Topic.STYLE: "style|form|样式|形式|方式",
    Topic.HOURS: "hours|hour|times|time|when|schedule|时间|时刻",
    Topic.QUIET: "quiet hours|quiet|silence|免打扰|静默|安静",
    Topic.ZONE: "time zone|timezone|zone|tz|时区",
    Topic.HEARTBEAT: "heartbeat|心跳",
    Topic.PREVIEWS: "link previews|previews|preview|链接预览|预览",
    Topic.PICTURES: "pictures|picture|images|image|thumbnails|配图|图片",
    Topic.SOUND: "sounds|sound|notifications|notification|提示音|声音|通知",
}
_BY_WORD = {word: topic for topic, words in _WORDS.items() for word in words.split("|")}
# An English word ends where it ends; a Chinese one may be followed by its value at once.
_TOPIC = re.compile(
    "(?:"
    + "|".join(
        re.escape(word) + (r"(?![\w-])" if word.isascii() else "")
        for word in sorted(_BY_WORD, key=len, reverse=True)
    )
    + r")\s*[:=]?\s*",
    re.IGNORECASE,
)


def split_topic(text: str) -> tuple[Topic, str] | None:
    """What a change is about and the rest of it; ``None`` where it begins with no such word."""
    match = _TOPIC.match(text)
    if match is None:
        return None
    word = match[0].strip(" :=").casefold()
    return _BY_WORD[word], text[match.end() :].strip()
