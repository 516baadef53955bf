"""Learning from footage that nobody labelled: what several detectors agree on there becomes its labels.

    teachers = open_teachers(paths, settings)
    memory = TeachersMemory(folder, teachers, paths, settings)
    seen = list(glimpses(source, step_s, settings))
    opinions = [opinion_of(memory.of(glimpse)) for glimpse in seen]    # boxes with what they seem to show
    images = labelled(seen, opinions, settings)                        # sure ones, and what nobody can say

Only what the teachers are sure of is taught; what they half believe is neither right nor wrong.
"""
