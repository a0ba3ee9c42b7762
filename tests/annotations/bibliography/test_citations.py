"""Works cited in three styles: what the manuals' own examples look like, letter by letter."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.bibliography.citations import cite, cite_all
from annotations.bibliography.csl import DATE_MEMBERS, NAME_MEMBERS, TEXT_MEMBERS, TYPES


def named(*names):
    pairs = [name.split(", ") for name in names]
    return [{"family": family, "given": given} for family, given in pairs]


def on(*parts):
    return {"date-parts": [list(parts)]}


# Real works with true facts, titles in sentence case as CSL asks.
WORKS = {
    "waltz": {
        "type": "article-journal",
        "title": "The emerging structure of international politics",
        "author": named("Waltz, Kenneth N."),
        "container-title": "International Security",
        "volume": "18",
        "issue": "2",
        "page": "44-79",
        "issued": on(1993),
        "DOI": "10.2307/2539097",
    },
    "fearon": {
        "type": "article-journal",
        "title": "Ethnicity, insurgency, and civil war",
        "author": named("Fearon, James D.", "Laitin, David D."),
        "container-title": "American Political Science Review",
        "volume": "97",
        "issue": "1",
        "page": "75-90",
        "issued": on(2003, 2),
        "DOI": "10.1017/S0003055403000534",
    },
    "acemoglu": {
        "type": "article-journal",
        "title": "The colonial origins of comparative development: An empirical investigation",
        "author": named("Acemoglu, Daron", "Johnson, Simon", "Robinson, James A."),
        "container-title": "American Economic Review",
        "volume": "91",
        "issue": "5",
        "page": "1369-1401",
        "issued": on(2001),
        "DOI": "10.1257/aer.91.5.1369",
    },
    "steffen": {
        "type": "article-journal",
        "title": "Planetary boundaries: Guiding human development on a changing planet",
        "author": [
            {"family": "Steffen", "given": "Will"},
            {"family": "Richardson", "given": "Katherine"},
            {"family": "Rockström", "given": "Johan"},
            {"family": "Cornell", "given": "Sarah E."},
            {"family": "Fetzer", "given": "Ingo"},
            {"family": "Bennett", "given": "Elena M."},
            {"family": "Biggs", "given": "Reinette"},
            {"family": "Carpenter", "given": "Stephen R."},
            {"family": "Vries", "given": "Wim", "non-dropping-particle": "de"},
            {"family": "Wit", "given": "Cynthia A.", "non-dropping-particle": "de"},
            {"family": "Folke", "given": "Carl"},
            {"family": "Gerten", "given": "Dieter"},
            {"family": "Heinke", "given": "Jens"},
            {"family": "Mace", "given": "Georgina M."},
            {"family": "Persson", "given": "Linn M."},
            {"family": "Ramanathan", "given": "Veerabhadran"},
            {"family": "Reyers", "given": "Belinda"},
            {"family": "Sörlin", "given": "Sverker"},
        ],
        "container-title": "Science",
        "volume": "347",
        "issue": "6223",
        "page": "1259855",
        "issued": on(2015),
        "DOI": "10.1126/science.1259855",
    },
    "schelling": {
        "type": "book",
        "title": "Arms and influence",
        "author": named("Schelling, Thomas C."),
        "publisher": "Yale University Press",
        "issued": on(1966),
    },
    "allison": {
        "type": "book",
        "title": "Essence of decision: Explaining the Cuban Missile Crisis",
        "author": named("Allison, Graham", "Zelikow, Philip"),
        "publisher": "Longman",
        "edition": "2",
        "issued": on(1999),
    },
    "north": {
        "type": "chapter",
        "title": "The new institutional economics and Third World development",
        "author": named("North, Douglass C."),
        "editor": named("Harriss, John", "Hunter, Janet", "Lewis, Colin M."),
        "container-title": "The new institutional economics and Third World development",
        "publisher": "Routledge",
        "page": "17-26",
        "issued": on(1995),
    },
    "evans": {
        "type": "book",
        "title": "Bringing the state back in",
        "editor": named("Evans, Peter B.", "Rueschemeyer, Dietrich", "Skocpol, Theda"),
        "publisher": "Cambridge University Press",
        "issued": on(1985),
        "DOI": "10.1017/CBO9780511628283",
    },
    "shultz": {
        "type": "article-newspaper",
        "title": "A world free of nuclear weapons",
        "author": named(
            "Shultz, George P.", "Perry, William J.", "Kissinger, Henry A.", "Nunn, Sam"
        ),
        "container-title": "The Wall Street Journal",
        "page": "A15",
        "issued": on(2007, 1, 4),
        "URL": "https://www.wsj.com/articles/SB116787515251566636",
    },
    "who": {
        "type": "webpage",
        "title": "Climate change",
        "author": [{"literal": "World Health Organization"}],
        "issued": on(2023, 10, 12),
        "URL": "https://www.who.int/news-room/fact-sheets/detail/climate-change-and-health",
        "accessed": on(2026, 11, 2),
        "container-title": "World Health Organization",
    },
    "ipcc": {
        "type": "report",
        "title": "Climate change 2023: Synthesis report",
        "author": [{"literal": "Intergovernmental Panel on Climate Change"}],
        "publisher": "Intergovernmental Panel on Climate Change",
        "issued": on(2023),
        "DOI": "10.59327/IPCC/AR6-9789291691647",
    },
    "charap": {
        "type": "report",
        "title": "Avoiding a long war: U.S. policy and the trajectory of the Russia-Ukraine conflict",
        "author": named("Charap, Samuel", "Priebe, Miranda"),
        "publisher": "RAND Corporation",
        "number": "PE-A2510-1",
        "issued": on(2023, 1),
        "DOI": "10.7249/PEA2510-1",
    },
    "coates": {
        "type": "article-magazine",
        "title": "The case for reparations",
        "author": named("Coates, Ta-Nehisi"),
        "container-title": "The Atlantic",
        "issued": on(2014, 6),
        "URL": "https://www.theatlantic.com/magazine/archive/2014/06/the-case-for-reparations/361631/",
    },
    "sox": {
        "type": "legislation",
        "title": "Sarbanes-Oxley Act of 2002",
        "number": "107-204",
        "container-title": "Stat.",
        "volume": "116",
        "page": "745",
        "issued": on(2002),
    },
    "npt": {
        "type": "treaty",
        "title": "Treaty on the Non-Proliferation of Nuclear Weapons",
        "container-title": "U.N.T.S.",
        "volume": "729",
        "page": "161",
        "issued": on(1968, 7, 1),
    },
    "epa": {
        "type": "legal_case",
        "title": "Massachusetts v. EPA",
        "container-title": "U.S.",
        "volume": "549",
        "page": "497",
        "authority": "Supreme Court of the United States",
        "issued": on(2007),
    },
    "shannon": {
        "type": "thesis",
        "title": "A symbolic analysis of relay and switching circuits",
        "author": named("Shannon, Claude E."),
        "genre": "Master's thesis",
        "publisher": "Massachusetts Institute of Technology",
        "issued": on(1940),
        "URL": "https://dspace.mit.edu/handle/1721.1/11173",
    },
    "sipri": {
        "type": "dataset",
        "title": "SIPRI military expenditure database",
        "author": [{"literal": "Stockholm International Peace Research Institute"}],
        "issued": on(2024),
        "publisher": "Stockholm International Peace Research Institute",
        "URL": "https://www.sipri.org/databases/milex",
    },
    "economist": {
        "type": "article-newspaper",
        "title": "Getting it right on the money",
        "container-title": "The Economist",
        "issued": on(2008, 4, 3),
        "URL": "https://www.economist.com/finance-and-economics/2008/04/03/getting-it-right-on-the-money",
    },
    "fas": {
        "type": "webpage",
        "title": "Status of world nuclear forces",
        "author": [{"literal": "Federation of American Scientists"}],
        "URL": "https://fas.org/initiative/status-world-nuclear-forces/",
        "accessed": on(2026, 11, 2),
    },
    "vaswani": {
        "type": "paper-conference",
        "title": "Attention is all you need",
        "author": named(
            "Vaswani, Ashish",
            "Shazeer, Noam",
            "Parmar, Niki",
            "Uszkoreit, Jakob",
            "Jones, Llion",
            "Gomez, Aidan N.",
            "Kaiser, Łukasz",
            "Polosukhin, Illia",
        ),
        "container-title": "Advances in neural information processing systems",
        "volume": "30",
        "page": "5998-6008",
        "publisher": "Curran Associates",
        "issued": on(2017),
    },
    "clausewitz": {
        "type": "book",
        "title": "On war",
        "author": [{"family": "Clausewitz", "given": "Carl", "dropping-particle": "von"}],
        "editor": named("Howard, Michael", "Paret, Peter"),
        "translator": named("Howard, Michael", "Paret, Peter"),
        "publisher": "Princeton University Press",
        "issued": on(1976),
    },
}

CITED = [
    ("waltz", "apa", "Waltz, K. N. (1993). The emerging structure of international politics. <i>International Security</i>, <i>18</i>(2), 44–79. https://doi.org/10.2307/2539097"),
    ("waltz", "mla", "Waltz, Kenneth N. “The Emerging Structure of International Politics.” <i>International Security</i>, vol. 18, no. 2, 1993, pp. 44–79, https://doi.org/10.2307/2539097."),
    ("waltz", "chicago", "Waltz, Kenneth N. “The Emerging Structure of International Politics.” <i>International Security</i> 18, no. 2 (1993): 44–79. https://doi.org/10.2307/2539097."),
    ("fearon", "apa", "Fearon, J. D., &amp; Laitin, D. D. (2003). Ethnicity, insurgency, and civil war. <i>American Political Science Review</i>, <i>97</i>(1), 75–90. https://doi.org/10.1017/S0003055403000534"),
    ("fearon", "mla", "Fearon, James D., and David D. Laitin. “Ethnicity, Insurgency, and Civil War.” <i>American Political Science Review</i>, vol. 97, no. 1, Feb. 2003, pp. 75–90, https://doi.org/10.1017/S0003055403000534."),
    ("fearon", "chicago", "Fearon, James D., and David D. Laitin. “Ethnicity, Insurgency, and Civil War.” <i>American Political Science Review</i> 97, no. 1 (2003): 75–90. https://doi.org/10.1017/S0003055403000534."),
    ("acemoglu", "apa", "Acemoglu, D., Johnson, S., &amp; Robinson, J. A. (2001). The colonial origins of comparative development: An empirical investigation. <i>American Economic Review</i>, <i>91</i>(5), 1369–1401. https://doi.org/10.1257/aer.91.5.1369"),
    ("acemoglu", "mla", "Acemoglu, Daron, et al. “The Colonial Origins of Comparative Development: An Empirical Investigation.” <i>American Economic Review</i>, vol. 91, no. 5, 2001, pp. 1369–401, https://doi.org/10.1257/aer.91.5.1369."),
    ("acemoglu", "chicago", "Acemoglu, Daron, Simon Johnson, and James A. Robinson. “The Colonial Origins of Comparative Development: An Empirical Investigation.” <i>American Economic Review</i> 91, no. 5 (2001): 1369–401. https://doi.org/10.1257/aer.91.5.1369."),
    ("steffen", "apa", "Steffen, W., Richardson, K., Rockström, J., Cornell, S. E., Fetzer, I., Bennett, E. M., Biggs, R., Carpenter, S. R., de Vries, W., de Wit, C. A., Folke, C., Gerten, D., Heinke, J., Mace, G. M., Persson, L. M., Ramanathan, V., Reyers, B., &amp; Sörlin, S. (2015). Planetary boundaries: Guiding human development on a changing planet. <i>Science</i>, <i>347</i>(6223), Article 1259855. https://doi.org/10.1126/science.1259855"),
    ("steffen", "mla", "Steffen, Will, et al. “Planetary Boundaries: Guiding Human Development on a Changing Planet.” <i>Science</i>, vol. 347, no. 6223, 2015, article 1259855, https://doi.org/10.1126/science.1259855."),
    ("steffen", "chicago", "Steffen, Will, Katherine Richardson, Johan Rockström, et al. “Planetary Boundaries: Guiding Human Development on a Changing Planet.” <i>Science</i> 347, no. 6223 (2015): 1259855. https://doi.org/10.1126/science.1259855."),
    ("schelling", "apa", "Schelling, T. C. (1966). <i>Arms and influence</i>. Yale University Press."),
    ("schelling", "mla", "Schelling, Thomas C. <i>Arms and Influence</i>. Yale University Press, 1966."),
    ("schelling", "chicago", "Schelling, Thomas C. <i>Arms and Influence</i>. Yale University Press, 1966."),
    ("allison", "apa", "Allison, G., &amp; Zelikow, P. (1999). <i>Essence of decision: Explaining the Cuban Missile Crisis</i> (2nd ed.). Longman."),
    ("allison", "mla", "Allison, Graham, and Philip Zelikow. <i>Essence of Decision: Explaining the Cuban Missile Crisis</i>. 2nd ed., Longman, 1999."),
    ("allison", "chicago", "Allison, Graham, and Philip Zelikow. <i>Essence of Decision: Explaining the Cuban Missile Crisis</i>. 2nd ed. Longman, 1999."),
    ("north", "apa", "North, D. C. (1995). The new institutional economics and Third World development. In J. Harriss, J. Hunter, &amp; C. M. Lewis (Eds.), <i>The new institutional economics and Third World development</i> (pp. 17–26). Routledge."),
    ("north", "mla", "North, Douglass C. “The New Institutional Economics and Third World Development.” <i>The New Institutional Economics and Third World Development</i>, edited by John Harriss et al., Routledge, 1995, pp. 17–26."),
    ("north", "chicago", "North, Douglass C. “The New Institutional Economics and Third World Development.” In <i>The New Institutional Economics and Third World Development</i>, edited by John Harriss, Janet Hunter, and Colin M. Lewis. Routledge, 1995."),
    ("evans", "apa", "Evans, P. B., Rueschemeyer, D., &amp; Skocpol, T. (Eds.). (1985). <i>Bringing the state back in</i>. Cambridge University Press. https://doi.org/10.1017/CBO9780511628283"),
    ("evans", "mla", "Evans, Peter B., et al., editors. <i>Bringing the State Back In</i>. Cambridge University Press, 1985, https://doi.org/10.1017/CBO9780511628283."),
    ("evans", "chicago", "Evans, Peter B., Dietrich Rueschemeyer, and Theda Skocpol, eds. <i>Bringing the State Back In</i>. Cambridge University Press, 1985. https://doi.org/10.1017/CBO9780511628283."),
    ("shultz", "apa", "Shultz, G. P., Perry, W. J., Kissinger, H. A., &amp; Nunn, S. (2007, January 4). A world free of nuclear weapons. <i>The Wall Street Journal</i>, A15. https://www.wsj.com/articles/SB116787515251566636"),
    ("shultz", "mla", "Shultz, George P., et al. “A World Free of Nuclear Weapons.” <i>The Wall Street Journal</i>, 4 Jan. 2007, p. A15, https://www.wsj.com/articles/SB116787515251566636."),
    ("shultz", "chicago", "Shultz, George P., William J. Perry, Henry A. Kissinger, and Sam Nunn. “A World Free of Nuclear Weapons.” <i>The Wall Street Journal</i>, January 4, 2007. https://www.wsj.com/articles/SB116787515251566636."),
    ("who", "apa", "World Health Organization. (2023, October 12). <i>Climate change</i>. https://www.who.int/news-room/fact-sheets/detail/climate-change-and-health"),
    ("who", "mla", "“Climate Change.” <i>World Health Organization</i>, 12 Oct. 2023, https://www.who.int/news-room/fact-sheets/detail/climate-change-and-health."),
    ("who", "chicago", "World Health Organization. “Climate Change.” October 12, 2023. https://www.who.int/news-room/fact-sheets/detail/climate-change-and-health."),
    ("ipcc", "apa", "Intergovernmental Panel on Climate Change. (2023). <i>Climate change 2023: Synthesis report</i>. https://doi.org/10.59327/IPCC/AR6-9789291691647"),
    ("ipcc", "mla", "<i>Climate Change 2023: Synthesis Report</i>. Intergovernmental Panel on Climate Change, 2023, https://doi.org/10.59327/IPCC/AR6-9789291691647."),
    ("ipcc", "chicago", "Intergovernmental Panel on Climate Change. <i>Climate Change 2023: Synthesis Report</i>. Intergovernmental Panel on Climate Change, 2023. https://doi.org/10.59327/IPCC/AR6-9789291691647."),
    ("charap", "apa", "Charap, S., &amp; Priebe, M. (2023). <i>Avoiding a long war: U.S. policy and the trajectory of the Russia-Ukraine conflict</i> (Report No. PE-A2510-1). RAND Corporation. https://doi.org/10.7249/PEA2510-1"),
    ("charap", "mla", "Charap, Samuel, and Miranda Priebe. <i>Avoiding a Long War: U.S. Policy and the Trajectory of the Russia-Ukraine Conflict</i>. PE-A2510-1, RAND Corporation, Jan. 2023, https://doi.org/10.7249/PEA2510-1."),
    ("charap", "chicago", "Charap, Samuel, and Miranda Priebe. <i>Avoiding a Long War: U.S. Policy and the Trajectory of the Russia-Ukraine Conflict</i>. PE-A2510-1. RAND Corporation, 2023. https://doi.org/10.7249/PEA2510-1."),
    ("coates", "apa", "Coates, T.-N. (2014, June). The case for reparations. <i>The Atlantic</i>. https://www.theatlantic.com/magazine/archive/2014/06/the-case-for-reparations/361631/"),
    ("coates", "mla", "Coates, Ta-Nehisi. “The Case for Reparations.” <i>The Atlantic</i>, June 2014, https://www.theatlantic.com/magazine/archive/2014/06/the-case-for-reparations/361631/."),
    ("coates", "chicago", "Coates, Ta-Nehisi. “The Case for Reparations.” <i>The Atlantic</i>, June 2014. https://www.theatlantic.com/magazine/archive/2014/06/the-case-for-reparations/361631/."),
    ("sox", "apa", "Sarbanes-Oxley Act of 2002, Pub. L. No. 107-204, 116 Stat. 745 (2002)."),
    ("sox", "mla", "Sarbanes-Oxley Act of 2002, Public Law 107-204. <i>United States Statutes at Large</i>, vol. 116, 2002, p. 745."),
    ("sox", "chicago", "Sarbanes-Oxley Act of 2002, Pub. L. No. 107-204, 116 Stat. 745 (2002)."),
    ("npt", "apa", "Treaty on the Non-Proliferation of Nuclear Weapons, July 1, 1968, 729 U.N.T.S. 161."),
    ("npt", "mla", "Treaty on the Non-Proliferation of Nuclear Weapons. <i>United Nations Treaty Series</i>, vol. 729, 1 July 1968, p. 161."),
    ("npt", "chicago", "Treaty on the Non-Proliferation of Nuclear Weapons, July 1, 1968, 729 U.N.T.S. 161."),
    ("epa", "apa", "Massachusetts v. EPA, 549 U.S. 497 (2007)."),
    ("epa", "mla", "<i>Massachusetts v. EPA</i>. <i>United States Reports</i>, vol. 549, 2007, p. 497."),
    ("epa", "chicago", "Massachusetts v. EPA, 549 U.S. 497 (2007)."),
    ("shannon", "apa", "Shannon, C. E. (1940). <i>A symbolic analysis of relay and switching circuits</i> [Master’s thesis, Massachusetts Institute of Technology]. https://dspace.mit.edu/handle/1721.1/11173"),
    ("shannon", "mla", "Shannon, Claude E. <i>A Symbolic Analysis of Relay and Switching Circuits</i>. 1940. Massachusetts Institute of Technology, Master’s thesis, https://dspace.mit.edu/handle/1721.1/11173."),
    ("shannon", "chicago", "Shannon, Claude E. “A Symbolic Analysis of Relay and Switching Circuits.” Master’s thesis, Massachusetts Institute of Technology, 1940. https://dspace.mit.edu/handle/1721.1/11173."),
    ("sipri", "apa", "Stockholm International Peace Research Institute. (2024). <i>SIPRI military expenditure database</i> [Data set]. https://www.sipri.org/databases/milex"),
    ("sipri", "mla", "“SIPRI Military Expenditure Database.” Stockholm International Peace Research Institute, 2024, https://www.sipri.org/databases/milex."),
    ("sipri", "chicago", "Stockholm International Peace Research Institute. “SIPRI Military Expenditure Database.” Stockholm International Peace Research Institute, 2024. https://www.sipri.org/databases/milex."),
    ("economist", "apa", "Getting it right on the money. (2008, April 3). <i>The Economist</i>. https://www.economist.com/finance-and-economics/2008/04/03/getting-it-right-on-the-money"),
    ("economist", "mla", "“Getting It Right on the Money.” <i>The Economist</i>, 3 Apr. 2008, https://www.economist.com/finance-and-economics/2008/04/03/getting-it-right-on-the-money."),
    ("economist", "chicago", "<i>The Economist</i>. “Getting It Right on the Money.” April 3, 2008. https://www.economist.com/finance-and-economics/2008/04/03/getting-it-right-on-the-money."),
    ("fas", "apa", "Federation of American Scientists. (n.d.). <i>Status of world nuclear forces</i>. Retrieved November 2, 2026, from https://fas.org/initiative/status-world-nuclear-forces/"),
    ("fas", "mla", "Federation of American Scientists. <i>Status of World Nuclear Forces</i>. https://fas.org/initiative/status-world-nuclear-forces/. Accessed 2 Nov. 2026."),
    ("fas", "chicago", "Federation of American Scientists. “Status of World Nuclear Forces.” Accessed November 2, 2026. https://fas.org/initiative/status-world-nuclear-forces/."),
    ("vaswani", "apa", "Vaswani, A., Shazeer, N., Parmar, N., Uszkoreit, J., Jones, L., Gomez, A. N., Kaiser, Ł., &amp; Polosukhin, I. (2017). Attention is all you need. <i>Advances in Neural Information Processing Systems</i>, <i>30</i>, 5998–6008."),
    ("vaswani", "mla", "Vaswani, Ashish, et al. “Attention Is All You Need.” <i>Advances in Neural Information Processing Systems</i>, vol. 30, 2017, pp. 5998–6008."),
    ("vaswani", "chicago", "Vaswani, Ashish, Noam Shazeer, Niki Parmar, et al. “Attention Is All You Need.” <i>Advances in Neural Information Processing Systems</i> 30 (2017): 5998–6008."),
    ("clausewitz", "apa", "Clausewitz, C. von. (1976). <i>On war</i> (M. Howard &amp; P. Paret, Eds. &amp; Trans.). Princeton University Press."),
    ("clausewitz", "mla", "Clausewitz, Carl von. <i>On War</i>. Edited and translated by Michael Howard and Peter Paret, Princeton University Press, 1976."),
    ("clausewitz", "chicago", "Clausewitz, Carl von. <i>On War</i>. Edited and translated by Michael Howard and Peter Paret. Princeton University Press, 1976."),
]  # fmt: skip


@pytest.mark.parametrize(("work", "style", "html"), CITED)
def test_cite_real_work_has_the_shape_of_its_manual(work, style, html):
    assert cite(WORKS[work], style).html == html


def test_cite_as_text_is_without_markup():
    cited = cite(WORKS["acemoglu"] | {"title": "Growth <script>&amp; “law”"}, "apa")

    assert cited.name == "APA"
    assert cited.text == (
        "Acemoglu, D., Johnson, S., & Robinson, J. A. (2001). Growth <script>&amp; “law”. American Economic Review,"
        " 91(5), 1369–1401. https://doi.org/10.1257/aer.91.5.1369"
    )
    assert cited.html == (
        "Acemoglu, D., Johnson, S., &amp; Robinson, J. A. (2001). Growth &lt;script&gt;&amp;amp; “law”."
        " <i>American Economic Review</i>, <i>91</i>(5), 1369–1401. https://doi.org/10.1257/aer.91.5.1369"
    )


@pytest.mark.parametrize(
    ("pages", "mla", "chicago"),
    [
        ("3-10", "pp. 3–10", "3–10"),
        ("96-101", "pp. 96–101", "96–101"),
        ("100-104", "pp. 100–04", "100–104"),
        ("107-108", "pp. 107–08", "107–8"),
        ("321-328", "pp. 321–28", "321–28"),
        ("498-532", "pp. 498–532", "498–532"),
        ("1087-1089", "pp. 1087–89", "1087–89"),
        ("1496-1500", "pp. 1496–500", "1496–500"),
        ("1496--500", "pp. 1496–500", "1496–500"),
        ("1100–1113", "pp. 1100–13", "1100–1113"),
        ("44", "p. 44", "44"),
        ("A15-A17", "pp. A15–A17", "A15–A17"),
        ("xii-xv", "pp. xii–xv", "xii–xv"),
    ],
)
def test_cite_page_range_is_shortened_as_the_manual_says(pages, mla, chicago):
    work = {"type": "article-journal", "title": "Arms", "container-title": "Arms", "volume": "5"}
    work |= {"page": pages, "issued": on(1990)}

    assert cite(work, "mla").text == f"“Arms.” Arms, vol. 5, 1990, {mla}."
    assert cite(work, "chicago").text == f"“Arms.” Arms 5 (1990): {chicago}."


@pytest.mark.parametrize(
    ("title", "mla", "chicago"),
    [
        ("War without end between empires", "War without End between Empires", "War Without End Between Empires"),
        ("What we fight for", "What We Fight For", "What We Fight For"),
        ("Deterrence: a primer", "Deterrence: A Primer", "Deterrence: A Primer"),
        ("Who governs? the case of New Haven", "Who Governs? The Case of New Haven", "Who Governs? The Case of New Haven"),
        ("U.S. policy in the cold", "U.S. Policy in the Cold", "U.S. Policy in the Cold"),
        ("Non-nuclear and post-war order", "Non-Nuclear and Post-War Order", "Non-nuclear and Post-war Order"),
        ("Cost-benefit and state-of-the-art tests", "Cost-Benefit and State-of-the-Art Tests", "Cost-Benefit and State-of-the-Art Tests"),
        ("Roe v. Wade and after", "Roe v. Wade and After", "Roe v. Wade and After"),
        ("iPads in NATO schools", "iPads in NATO Schools", "iPads in NATO Schools"),
        ("“peace” in (small) steps", "“Peace” in (Small) Steps", "“Peace” in (Small) Steps"),
    ],
)  # fmt: skip
def test_cite_title_is_in_headline_style(title, mla, chicago):
    work = {"type": "book", "title": title, "issued": on(1990)}

    assert cite(work, "mla").text == f"{mla}. 1990."
    assert cite(work, "chicago").text == f"{chicago}. 1990."


def test_cite_title_in_another_language_keeps_its_case():
    work = {"type": "book", "title": "Vom kriege", "language": "de", "issued": on(1832)}

    assert cite(work, "chicago").text == "Vom kriege. 1832."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Who governs?", "“Who Governs?” X."),
        ("Peace!", "“Peace!” X."),
        ('The "peace" of 1945', "“The ‘Peace’ of 1945.” X."),
        ("The war on 'terror'", "“The War on ‘Terror.’” X."),
        ("America's wars", "“America’s Wars.” X."),
        ("The rise of the U.S.", "“The Rise of the U.S.” X."),
    ],
)
def test_cite_quoted_title_ends_as_in_american_english(title, text):
    assert (
        cite({"type": "article-journal", "title": title, "container-title": "X"}, "mla").text
        == text
    )


@pytest.mark.parametrize(
    ("author", "text"),
    [
        ({"literal": "United Nations"}, "United Nations. Arms. 1966."),
        ({"family": "King", "given": "Martin Luther", "suffix": "Jr."}, "King, Martin Luther, Jr. Arms. 1966."),
        ({"family": "Berg", "given": "Max", "non-dropping-particle": "van der"}, "Berg, Max van der. Arms. 1966."),
        ({"given": "Plato"}, "Plato. Arms. 1966."),
    ],
)  # fmt: skip
def test_cite_name_of_any_kind_is_written_for_sorting(author, text):
    work = {"type": "book", "title": "Arms", "author": [author], "issued": on(1966)}

    assert cite(work, "chicago").text == text


@pytest.mark.parametrize("style", ["apa", "mla", "chicago"])
def test_cite_nothing_known_is_empty_but_for_its_missing_date(style):
    nothing = {"apa": "(n.d.).", "mla": "", "chicago": ""}

    assert cite({}, style).text == nothing[style]


def test_cite_in_unknown_style_is_refused():
    with pytest.raises(KeyError):
        cite(WORKS["waltz"], "harvard")


def test_cite_in_many_threads_is_the_same_as_in_one():
    works = list(WORKS.values()) * 2
    alone = [cite_all(work) for work in works]
    together = [None] * len(works)

    def run(at):
        together[at] = cite_all(works[at])

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(works))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert together == alone


texts = st.text(st.sampled_from("aB <>&\"'“”‘’.:;-–?!éß12(){}[]\ue000\n,e"), max_size=14)
people = st.lists(
    st.fixed_dictionaries({}, optional={"family": texts, "given": texts, "suffix": texts, "literal": texts})
    | st.sampled_from(["x", None]),
    max_size=4,
)  # fmt: skip
dates: st.SearchStrategy = st.sampled_from([None, {}, {"literal": "x"}, {"date-parts": []}, {"date-parts": [["x"]]}]) | st.builds(
    on, st.integers(-2000, 3000), st.integers(0, 14), st.integers(0, 33)
)  # fmt: skip
items = st.fixed_dictionaries(
    {"type": st.sampled_from([*TYPES, "nonsense"])},
    optional=dict.fromkeys(TEXT_MEMBERS[1:], texts)
    | dict.fromkeys(NAME_MEMBERS, people)
    | dict.fromkeys(DATE_MEMBERS, dates),
)


@settings(max_examples=100, deadline=None)
@given(items)
def test_cite_whatever_item_gives_italics_and_no_other_markup(item):
    for cited in cite_all(item):
        bare = cited.html.replace("<i>", "").replace("</i>", "")

        assert not set(bare) & set("<>")
        assert bare.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0
        assert cited.html.count("<i>") == cited.html.count("</i>")
