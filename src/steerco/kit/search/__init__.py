"""The text index: which rows hold all words of a query, and which texts are like another.

`words` folds texts and reads queries, `indexing` keeps the index beside every write, `finding` narrows a queryset,
`similar` ranks. The index says only that a row holds a word; whoever asks filters by what the actor may read.
"""
