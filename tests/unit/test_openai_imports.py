"""The SDK costs over a second to import, so only a configured model pays for it."""

import subprocess
import sys


def test_the_summariser_does_not_import_the_sdk_but_its_endpoint_does() -> None:
    code = (
        "import sys, summarizer.openai; assert 'openai' not in sys.modules; "
        "import summarizer.endpoint; assert 'openai' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
