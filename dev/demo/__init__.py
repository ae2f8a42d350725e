"""Fills an Odoo 19 database with three companies' books to try the addon on.

Everything is booked through Odoo's own models, the way its users book. The content depends on
nothing but the constants here: no clock, no unseeded chance.
"""
