"""The list of references, and who cites them."""

import re

from press.reading.wording import CITATION
from tests.book.conftest import chapters, source
from tests.claims import claim


@claim("The references are those that the chapters cite.")
def test_references_are_those_that_chapters_cite():
    listed = re.findall(r"\{: #(\w+) \}", source("about/references.md"))
    cited = {
        key
        for page in ("index.md", "where_next.md", *chapters())
        for key in CITATION.findall(source(page))
    }
    assert len(listed) > 20
    assert sorted(listed) == sorted(cited)
