"""What a council reads of a period: one content, written as PDF and as HTML.

Its numbers and pictures are those of the pages, so that a report tells no cell that `pipeline stats`
withholds.
"""
