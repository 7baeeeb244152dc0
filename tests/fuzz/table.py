"""Every target by its name."""

from collections.abc import Mapping

from tests.fuzz import files, model, people, platforms, rendering, upstream
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        *upstream.TARGETS,
        *model.TARGETS,
        *files.TARGETS,
        *platforms.TARGETS,
        *people.TARGETS,
        *rendering.TARGETS,
    )
}
