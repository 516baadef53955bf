"""The program in a browser: pages and an API over the statistics of a database.

It imports the product and is imported by nobody; its command joins the command line by name. Everything works
without a script: links, forms, and pictures that the server draws.
"""
