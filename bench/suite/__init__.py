"""The benchmarks, one module each.

``run(bench)`` measures and returns a :class:`bench.measure.Result`. ``fill(env)`` makes what it
needs in a database, in a process with Odoo, and returns what can be written as JSON.
"""
