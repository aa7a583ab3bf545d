"""Where an office adds its own: views, verbs, channels, papers. See docs/extend.md.

Every process of the desk reads this file before anything else of it runs. What stands here is
checked then; a fault is said in a sentence that names the entry and what to change.
"""

from __future__ import annotations

from app.own import Own, load

appbuilder = Own()

# What the office adds stands here, as in Flask-AppBuilder:
# appbuilder.add_view(Vehicles, "Vehicles", roles=("it_admin",), scope="office", label=("车辆", "Vehicles"))

load(appbuilder)
