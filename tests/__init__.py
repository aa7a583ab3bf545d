"""The tests of Duban; real servers, no mocks."""
