"""The rounds of ``sulan run``: look at lists, have papers summarised, have posts planned.

Belongs here: what the clock's ticks put in and what the jobs do with it, the board of who works,
and which process does what. Does not: what is posted where (``bot.services.plan``), sending
(``bot.services.deliver``), or how jobs are kept (``bot.engine``).
"""
