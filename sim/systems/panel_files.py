"""What the gene laboratory reports: a VCF file for each panel."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.countries import country as find_country
from sim.systems.recorder import Setting, Tables
from sim.systems.variants import panel

NOT_CALLED = 0.01
"""Share of places that could not be read (assumed)."""

DEPTH = (20, 180)
"""How often a place was read, at least and at most (assumed)."""

_LINES = (
    '##FILTER=<ID=PASS,Description="All filters passed">',
    '##FILTER=<ID=LowDP,Description="Read too seldom to be called">',
    '##INFO=<ID=GENE,Number=1,Type=String,Description="Gene">',
    '##INFO=<ID=ALLELE,Number=1,Type=String,Description="What the other letter makes of the gene">',
    '##INFO=<ID=INVENTED,Number=0,Type=Flag,Description="Invented; no such gene exists">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="How often the place was read">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality of the genotype">',
)


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Returns the files of all panels, by name.

    A file holds the genes of the person whose blood was in the tube (`_genes`).
    """
    table, variants = tables["genetic_panels"], panel()
    rng = setting.stream("panel files")
    copies, male = _in_the_tubes(table)
    shape = copies.shape
    called = rng.random(shape) >= NOT_CALLED
    depth = np.where(called, rng.integers(*DEPTH, shape), rng.integers(0, 8, shape))
    quality = np.where(called, np.minimum(99, depth), 0)
    haploid = np.array([variant.chrom == "chrX" for variant in variants]) & male[:, None]
    # 0, 1 and 2 copies, one chromosome without and with the variant, and the two kinds of nothing.
    words = np.array(["0/0", "0/1", "1/1", "0", "1", "./.", "."], dtype=object)
    kind = np.where(called, copies + 3 * haploid, 5 + haploid)
    genotypes = words[kind].tolist()
    fixed = [_place(variant.rsid) for variant in variants]
    filters = np.where(called, "PASS", "LowDP").tolist()
    head = _head(find_country(setting.country).facilities[setting.facility.code])
    reads, qualities = depth.tolist(), quality.tolist()
    files = {}
    for row, (ident, sample, day) in enumerate(
        zip(table["panel_id"], table["sample_id"], table["reported_on"], strict=True)
    ):
        lines = [
            f"{before}\t{passed}\t{after}\t{genotype}:{times}:{sure}"
            for (before, after), passed, genotype, times, sure in zip(
                fixed, filters[row], genotypes[row], reads[row], qualities[row], strict=True
            )
        ]
        top = head.format(day=day.replace("-", ""), sample=sample)
        files[f"panels/{ident.lower()}.vcf"] = "\n".join([top, *lines, ""]).encode("utf-8")
    return files


def _in_the_tubes(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Returns the copies of each variant in each tube, and whether the blood is a male's."""
    row_of = pd.Series(np.arange(len(table)), index=table["_person"])
    source = row_of[table["_genes"]].to_numpy()
    names = [f"_{variant.rsid}" for variant in panel()]
    return table[names].to_numpy(dtype=np.int64)[source], table["_male"].to_numpy(dtype=bool)[source]


def _place(rsid: str) -> tuple[str, str]:
    """Returns the columns of a variant's line before and after its filter."""
    one = next(variant for variant in panel() if variant.rsid == rsid)
    told = [
        f"GENE={one.gene}",
        f"ALLELE={one.allele}" if one.allele else "",
        "INVENTED" * (one.chrom == "hilab"),
    ]
    before = f"{one.chrom}\t{one.position}\t{one.rsid}\t{one.ref}\t{one.alt}\t."
    return before, f"{';'.join(word for word in told if word)}\tGT:DP:GQ"


def _head(laboratory: str) -> str:
    """Returns the header, with places for day and sample."""
    sequences = dict.fromkeys(variant.chrom for variant in panel())
    contigs = [f"##contig=<ID={name}{',assembly=GRCh38' * (name != 'hilab')}>" for name in sequences]
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}"
    first = ["##fileformat=VCFv4.3", "##fileDate={day}", f"##source={laboratory}", "##reference=GRCh38"]
    return "\n".join([*first, *contigs, *_LINES, columns])
