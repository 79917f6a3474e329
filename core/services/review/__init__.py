"""The judgement of others: recommendations, panels, scores, ranking, conflicts of interest."""
