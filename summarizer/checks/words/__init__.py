"""Number words, scale words and units, as data: one TOML file a language, and one of symbols.

``symbols.toml`` holds what no language owns. Any text may mix languages (a Chinese summary quotes
English), so the files are read together; a new language is a new file, and nothing else.

- ``[words]``: number words that add up (``thirty`` + ``two``).
- ``[scales]``: what multiplies the number before it (``billion``, ``亿``).
- ``[characters]``: digits of a positional script (``三``), with ``[places]`` (``十``, ``百``) and
  ``[myriads]`` (``万``, ``亿``), which multiply all that stands before them.
- ``[units.NAME]``: spellings of a unit, each with its factor. Same name, same kind of thing.
- ``[currencies]``: signs that stand before a number.
- ``[ratios]``: whole phrases that state a ratio and are checked (``一半``).
- ``[hints]``: words that a digit may render (``both`` for 2); they count in a source only.
- ``[ratio_hints]``: the same for ratios (``double``).
- ``[magnitudes]``: rough sizes (``millions``); ``rough`` are the words that make one of a scale.
- ``tenths``: what makes tenths of a digit (七成 is 70 %), unless ``not_after_tenths`` follows.
- ``not_numbers``: words in which a numeral means no number (``十分``).
- ``joiners``: what parts the figures of a list or range.
- ``function_words``: words after which a number counts nothing (``5 on``).
"""
