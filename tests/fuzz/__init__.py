"""Hostile inputs for everything that parses: what they are made of, and what must hold of each.

``make fuzz`` runs the targets under atheris, guided by coverage; ``tests/unit/test_fuzz_targets``
runs the same ones over stored and simply mutated inputs. Nothing here is shipped.
"""
