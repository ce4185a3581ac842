"""The cuts that the catalogue's garments share, as worn on a medium body, in cm."""

from dataclasses import replace

from resources.draw.cut_top import TopCut
from resources.draw.wardrobe.slip import SlipCut

LONG = TopCut(sleeve=58.0, angle=25.0, bend=17.0, cuff=9.8, armpit=22.5, shoulder=20.6, chest=22.4)
WIDE = replace(
    LONG,
    chest=24.2,
    armpit=24.5,
    waist=23.8,
    hem=21.6,
    length=68.0,
    sleeve=60.0,
    angle=27.0,
    bend=18.0,
    cuff=10.2,
    shoulder=21.8,
)
SHIRT = replace(LONG, drop=8.6, vee=True, cuff=10.8, length=69.0, hem_drop=6.5, hem=22.4, sleeve=60.0)
TRUCKER = replace(
    WIDE, neck=8.2, drop=8.6, vee=True, cuff=11.6, length=62.0, hem_drop=0.4, hem=20.4, waist=22.2, sleeve=59.0
)
TANK = TopCut(
    neck=7.6,
    drop=14.5,
    back_drop=4.6,
    shoulder=11.4,
    slope=1.2,
    chest=21.2,
    armpit=23.5,
    waist=20.4,
    hem=21.6,
    length=68.0,
    sleeve=0.0,
)
FLARED = TopCut(
    neck=8.0,
    drop=10.5,
    back_drop=2.2,
    shoulder=18.6,
    slope=4.0,
    chest=20.4,
    armpit=21.0,
    waist=16.4,
    waist_y=39.0,
    hem=33.0,
    length=97.0,
    hem_drop=2.4,
    sleeve=19.0,
    angle=40.0,
    bend=40.0,
    cuff=14.0,
    ruffle=0.8,
    waves=3.5,
    waisted=True,
)
SLIP = SlipCut(
    neck=8.6,
    drop=16.5,
    back_drop=18.5,
    shoulder=9.5,
    slope=-0.4,
    chest=18.6,
    armpit=19.2,
    waist=16.8,
    waist_y=41.0,
    hem=25.5,
    length=110.0,
    hem_drop=1.6,
    sleeve=0.0,
    ruffle=0.5,
    waves=2.5,
    waisted=True,
)
