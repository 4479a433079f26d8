"""Units as files: the format of this product, in which nothing is lost, and those of others.

A file is read into a plain tree, within bounds (reading.py); formats of others are first turned into the tree of our
own (moodle.py, mahara.py, case.py). The tree is then checked against one table of shapes (shapes.py, checking.py), from
which the JSON Schema is printed, too. What stands in the database is written as the same tree (describing.py).
"""
