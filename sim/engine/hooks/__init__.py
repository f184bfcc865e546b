"""What no module describes.

| module | says |
|---|---|
| `calendar` | which day it is, when a clinic is open |
| `mortality` | at what age people die of what no module models |
| `lifecycle` | what people are born with, when they smoke and marry |
| `risk` | attributes that change with the years, the chance of infarction, stroke and the like |
| `wellness` | when people come for a check-up |
| `urgent` | when symptoms bring them without an appointment |
| `immunisation` | which vaccine is due |
| `physiology` | every vital sign and laboratory value |

`physiology` puts together `surveys` (percentiles by sex and age), `traits` (what values share, and what
disease and drugs shift), `growth`, `pressure`, `sugar`, `kidneys`, `mood`, and `signs` (their numbers).

All are functions on scalars and constant tables, compiled in the machine and plain in the oracle, with
random numbers by counter. The tests hold them against published figures.
"""
