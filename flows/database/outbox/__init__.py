"""What a box still has to tell its centre: notes of where something changed, and the embeddings that wait.

A note says where something changed, not what it is now: that is read when it is sent. So however often a row
changes while the network is gone, there is one note of it, and nothing has to be in the notes that is not in
the tables.
"""
