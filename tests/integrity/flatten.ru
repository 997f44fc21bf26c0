# What is said once, of a data set or of a slice, is said of each observation.
INSERT { ?o ?p ?v } WHERE {
  ?d qb:structure/qb:component ?c ; ?p ?v .
  ?c qb:componentProperty ?p ; qb:componentAttachment qb:DataSet .
  ?o qb:dataSet ?d .
} ;
INSERT { ?o ?p ?v } WHERE {
  ?d qb:structure/qb:component ?c ; qb:slice ?s .
  ?c qb:componentProperty ?p ; qb:componentAttachment qb:Slice .
  ?s ?p ?v ; qb:observation ?o .
} ;
INSERT { ?o ?p ?v } WHERE {
  ?d qb:structure/qb:component ?c ; qb:slice ?s .
  ?c qb:componentProperty ?p . ?p a qb:DimensionProperty .
  ?s ?p ?v ; qb:observation ?o .
}
