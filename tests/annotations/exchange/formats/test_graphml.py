from __future__ import annotations

from lxml import etree

from annotations.exchange.formats import graphml
from annotations.exchange.formats.document import (
    Claim,
    Document,
    Evidence,
    Inference,
    Place,
    Ref,
    Relation,
)
from tests.annotations.exchange.formats.debates import debate

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
# The part of GraphML's schema that is used: what may stand in what, and with which attributes.
SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://graphml.graphdrawing.org/xmlns"
  targetNamespace="http://graphml.graphdrawing.org/xmlns" elementFormDefault="qualified">
  <xs:element name="graphml"><xs:complexType><xs:sequence>
    <xs:element name="key" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="id" type="xs:NMTOKEN" use="required"/>
      <xs:attribute name="for" use="required"><xs:simpleType><xs:restriction base="xs:NMTOKEN">
        <xs:enumeration value="node"/><xs:enumeration value="edge"/>
      </xs:restriction></xs:simpleType></xs:attribute>
      <xs:attribute name="attr.name" type="xs:NMTOKEN" use="required"/>
      <xs:attribute name="attr.type" use="required"><xs:simpleType>
        <xs:restriction base="xs:NMTOKEN"><xs:enumeration value="boolean"/>
          <xs:enumeration value="int"/><xs:enumeration value="string"/></xs:restriction>
      </xs:simpleType></xs:attribute>
    </xs:complexType></xs:element>
    <xs:element name="graph"><xs:complexType><xs:sequence>
      <xs:element name="desc" type="xs:string" minOccurs="0"/>
      <xs:element name="node" type="item" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="edge" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
        <xs:complexContent><xs:extension base="item">
          <xs:attribute name="source" type="xs:NMTOKEN" use="required"/>
          <xs:attribute name="target" type="xs:NMTOKEN" use="required"/>
        </xs:extension></xs:complexContent></xs:complexType></xs:element>
    </xs:sequence>
      <xs:attribute name="id" type="xs:NMTOKEN" use="required"/>
      <xs:attribute name="edgedefault" fixed="directed" use="required"/>
    </xs:complexType>
      <xs:unique name="ids"><xs:selector xpath="*"/><xs:field xpath="@id"/></xs:unique>
    </xs:element>
  </xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType>
    <xs:key name="keys"><xs:selector xpath="*"/><xs:field xpath="@id"/></xs:key>
  </xs:element>
  <xs:complexType name="item"><xs:sequence>
    <xs:element name="data" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:simpleContent><xs:extension base="xs:string">
        <xs:attribute name="key" type="xs:NMTOKEN" use="required"/>
      </xs:extension></xs:simpleContent></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="id" type="xs:NMTOKEN" use="required"/></xs:complexType>
</xs:schema>
"""


def test_debates_written_have_the_shape_of_graphml():
    schema = etree.XMLSchema(etree.fromstring(SCHEMA))

    trees = [etree.fromstring(graphml.write(debate(seed))) for seed in range(100)]

    assert [str(schema.error_log) for tree in trees if not schema.validate(tree)] == []


def test_debates_written_join_only_nodes_that_are_there():
    trees = [etree.fromstring(graphml.write(debate(seed))) for seed in range(100)]

    assert [
        edge.get("id")
        for tree in trees
        for edge in tree.iter(f"{NAMESPACE}edge")
        if not {edge.get("source"), edge.get("target")}
        <= {node.get("id") for node in tree.iter(f"{NAMESPACE}node")}
    ] == []


def test_graphml_of_nothing_is_an_empty_graph():
    tree = etree.fromstring(graphml.write(Document()))

    assert len(tree.find(f"{NAMESPACE}graph")) == 0


def test_graphml_holds_claims_steps_and_attacks():
    document = Document(
        title="Talks\x01",
        claims=(
            Claim("a", "Talks <help> & so", is_thesis=True, places=(Place("k", 3),)),
            Claim("b", "Risk falls"),
        ),
        evidence=(Evidence("e", "b", "supports", "so", "Risk fell.", "", "Li 2019"),),
        inferences=(Inference("i", "a", (Ref("claim", "b"), Ref("evidence", "e"))),),
        relations=(Relation("r", "undercuts", Ref("claim", "b"), Ref("inference", "i")),),
    )

    tree = etree.fromstring(graphml.write(document))

    nodes = {
        node.get("id"): {data.get("key"): data.text for data in node}
        for node in tree.iter(f"{NAMESPACE}node")
    }
    assert tree.findtext(f".//{NAMESPACE}desc") == "Talks\ufffd"
    assert nodes["c1"] == {
        "kind": "claim",
        "id": "a",
        "label": "Talks <help> & so",
        "status": "marked",
        "paragraph": "3",
        "is_thesis": "true",
        "is_explicit": "true",
    }
    assert nodes["e1"]["cite"] == "Li 2019"
    assert [
        (edge.get("source"), edge.get("target"), edge[0].text)
        for edge in tree.iter(f"{NAMESPACE}edge")
    ] == [
        ("c2", "i1", "premise"),
        ("e1", "i1", "premise"),
        ("i1", "c1", "conclusion"),
        ("c2", "r1", "attacker"),
        ("r1", "i1", "attacked"),
    ]
