"""The sample office: an invented county's hotline as it stands after ninety days of work, made by
playing them.

`office` makes units, people and categories; `matters` says what callers say; `diary` is the time
that goes by; `desk` does verbs as its people. `lives` are cases that take their course, `handling`
what units do with them, `scenes` cases that come to rest where they are told to, `room` the rounds
of the supervision room and the centre head. `play` puts it all together.
"""
