# What is used as an observation, data set, slice or component is one.
INSERT { ?o a qb:Observation } WHERE { ?any qb:observation ?o } ;
INSERT { ?o a qb:Observation . ?d a qb:DataSet } WHERE { ?o qb:dataSet ?d } ;
INSERT { ?s a qb:Slice } WHERE { ?any qb:slice ?s } ;
INSERT { ?k a qb:SliceKey } WHERE { ?any qb:sliceStructure ?k } ;
INSERT { ?c qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?c qb:dimension ?p } ;
INSERT { ?c qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?c qb:measure ?p } ;
INSERT { ?c qb:componentProperty ?p . ?p a qb:AttributeProperty } WHERE { ?c qb:attribute ?p }
