"""``/settings help``: everything that can be typed, with an example each. Pure."""

from bot.domain.post import Post, Section
from bot.domain.speech import Speech
from bot.services.chat_settings.topics import Topic

ASKED_BY = ("help", "?", "帮助", "说明")

EXAMPLES = {
    Topic.LANGUAGE: "en zh",
    Topic.SOURCES: "hf arxiv:cs.CL",
    Topic.INCLUDE: 'LLM, "video generation"',
    Topic.EXCLUDE: "survey, medical imaging",
    Topic.CATEGORIES: "cs.CL cs.CV",
    Topic.AUTHORS: "Kaiming He, Y. LeCun",
    Topic.ORGANIZATIONS: "DeepMind, Tsinghua",
    Topic.UPVOTES: "10",
    Topic.SCORE: "4",
    Topic.MOST: "10",
    Topic.CODE: "on",
    Topic.STYLE: "digest",
    Topic.HOURS: "08:30, 18:00 mon-fri",
    Topic.QUIET: "23:00-07:00",
    Topic.ZONE: "Asia/Shanghai",
    Topic.HEARTBEAT: "12:00",
    Topic.PREVIEWS: "off",
    Topic.PICTURES: "off",
    Topic.SOUND: "off",
}


def typed_guide(speech: Speech) -> Post:
    """Every setting by its word, an example, and what it does."""
    meanings = _meanings(speech)
    lines = tuple(
        speech.say(
            "{typed}: {meaning}", typed=f"{topic} {EXAMPLES[topic]}", meaning=meanings[topic]
        )
        for topic in Topic
    )
    say = speech.say
    return Post(
        speech.language,
        say("What can be typed after /settings"),
        "",
        sections=(Section("", lines, bulleted=True),),
        footer=(
            say("Several at once are parted by “;”. “off” clears a setting."),
            say("In lists +word adds and -word takes away; quotation marks keep words together."),
        ),
    )


def _meanings(speech: Speech) -> dict[Topic, str]:
    say = speech.say
    return {
        Topic.LANGUAGE: say("one language, or two: everything comes once in each"),
        Topic.SOURCES: say("the lists to get"),
        Topic.INCLUDE: say("one of these must stand in title, abstract or keywords"),
        Topic.EXCLUDE: say("none of these may"),
        Topic.CATEGORIES: say("one of these arXiv categories"),
        Topic.AUTHORS: say("by one of these"),
        Topic.ORGANIZATIONS: say("from one of these"),
        Topic.UPVOTES: say("at least so many on Hugging Face"),
        Topic.SCORE: say("recommended at least at that, of 5"),
        Topic.MOST: say("so many a day at most; at set hours the best"),
        Topic.CODE: say("only papers with code"),
        Topic.STYLE: say("each: a message a paper; digest: one list a day; thread: Discord"),
        Topic.HOURS: say("when papers come; off is as they appear"),
        Topic.QUIET: say("nothing arrives then, it comes afterwards"),
        Topic.ZONE: say("of all these hours: a name, a city, or UTC+8"),
        Topic.HEARTBEAT: say("a day without papers by then is explained"),
        Topic.PREVIEWS: say("of links, on or off"),
        Topic.PICTURES: say("on or off"),
        Topic.SOUND: say("on or off"),
    }
