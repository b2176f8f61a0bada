-- Whose a runtime node is: people search for the names that they find in logs.
CREATE INDEX runtime_node_by_name ON runtime_node (name, resource);
CREATE INDEX runtime_node_by_pod ON runtime_node (pod, resource) WHERE pod IS NOT NULL;
