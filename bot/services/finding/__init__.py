"""Papers that people look for, keep, and have an opinion on.

Here stand the keys of lists, what a list shows, what is exported, and what is counted. The commands
package asks for it and answers; nothing here talks to anyone, or to an upstream.
"""
