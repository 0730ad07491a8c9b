"""Pure formats of assets and chains: addresses, TXIDs, memos, amounts, and the names people give them.

Text in, a verdict out. No network, no clock, no wording; which networks the desk serves is knowledge, not code.
"""
