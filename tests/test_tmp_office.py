from tests.office import Office
def test_x(desk):
    o=Office(desk)
    o.allocated("2025-06-09 09:00","A")
    o.sweeps("2025-06-10","2025-06-13")
    assert o.reminders("A")[0].state=="open"
    assert o.days("reminder.issued","A")==["2025-06-13"]
    assert o.refused("2025-06-13 09:00","operator","allocate","A",unit="HOUSING")=="no_right"
    print(o.events("A"), o.notices("A"))
