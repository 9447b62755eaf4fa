"""The page of ``dsgns explore`` and ``dsgns report``: words and their neighbours, a map, and how they came about."""
