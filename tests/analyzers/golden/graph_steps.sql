-- ranks_ways (kept) from edges: How much of the attention of each goes along each edge
SELECT e.source, e.target, e.weight / t.weight AS part FROM edges e JOIN (SELECT source, sum(weight) AS weight FROM edges WHERE source <> target AND weight > 0e0 GROUP BY source) t ON t.source = e.source WHERE e.source <> e.target AND e.weight > 0e0

-- ranks_walk (kept) from people, ranks_ways: The walker begins with everybody alike; stuck: who turns to nobody
SELECT p.place, a.fresh AS share, a.fresh AS before, a.fresh, CASE WHEN s.source IS NULL THEN 1e0 ELSE 0e0 END AS stuck FROM people p CROSS JOIN (SELECT 1e0 / nullif(count(*), 0) AS fresh FROM people) a LEFT JOIN (SELECT DISTINCT source FROM ranks_ways) s ON s.source = p.place

-- ranks_walked (kept) from ranks_walk, ranks_ways: One round; repeated from its own outcome until the shares stay as they are
SELECT place, (0.15000000000000002e0 + 0.85e0 * (SELECT coalesce(sum(share * stuck), 0e0) FROM ranks_walk)) * fresh + 0.85e0 * heard AS share, before, fresh, stuck FROM (SELECT place, sum(heard) AS heard, max(share) AS before, max(fresh) AS fresh, max(stuck) AS stuck FROM (SELECT place, share, fresh, stuck, 0e0 AS heard FROM ranks_walk UNION ALL SELECT e.target, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), w.share * e.part FROM ranks_walk w JOIN ranks_ways e ON e.source = w.place) told GROUP BY place) gathered

-- ranks from ranks_walked: The share of the time that the walker spends with each
SELECT place, share / (SELECT sum(share) FROM ranks_walked) AS share FROM ranks_walked

-- parts_ends from edges: Each edge from both ends
SELECT source AS place, target AS other FROM edges WHERE source <> target AND weight > 0e0 UNION ALL SELECT target, source FROM edges WHERE source <> target AND weight > 0e0

-- parts_points (kept) from people: Everybody points at themselves
SELECT place, place AS part, place AS before FROM people

-- parts_ahead (kept) from parts_points: Whom those point at that each points at
SELECT p.place, p.part, o.part AS ahead FROM parts_points p JOIN parts_points o ON o.place = p.part

-- parts_near (kept) from parts_ahead, parts_ends: The lowest of these around each
SELECT place, max(part) AS part, min(ahead) AS lowest FROM (SELECT place, part, ahead FROM parts_ahead UNION ALL SELECT e.place, CAST(NULL AS BIGINT), a.ahead FROM parts_ends e JOIN parts_ahead a ON a.place = e.other) seen GROUP BY place

-- parts_pointed (kept) from parts_near: Each, and whom they pointed at, point there; repeated until nobody changes
SELECT place, min(lowest) AS part, max(before) AS before FROM (SELECT place, lowest, part AS before FROM parts_near UNION ALL SELECT part, lowest, CAST(NULL AS BIGINT) FROM parts_near) told GROUP BY place

-- parts from parts_pointed: The lowest place of the part that each belongs to
SELECT place, part FROM parts_pointed

-- labels_ends (kept) from edges: Whom each hears
SELECT DISTINCT source AS place, target AS other FROM edges WHERE source <> target AND weight > 0e0 UNION ALL SELECT DISTINCT target, source FROM edges WHERE source <> target AND weight > 0e0

-- labels_bear (kept) from people: Everybody bears their own label
SELECT place, place AS label, place AS before FROM people

-- labels_borne (kept) from labels_ends, labels_bear: The label heard most, of equal ones the smallest; repeated, all at the same time
SELECT place, min_by(label, (0 - n, label)) AS label, max(before) AS before FROM (SELECT e.place, b.label, CAST(count(*) AS BIGINT) AS n, CAST(NULL AS BIGINT) AS before FROM labels_ends e JOIN labels_bear b ON b.place = e.other GROUP BY e.place, b.label UNION ALL SELECT place, label, CAST(0 AS BIGINT), label FROM labels_bear) heard GROUP BY place

-- labels from labels_borne: The label that each bears in the end
SELECT place, label FROM labels_borne

-- numbers (kept) from labels: The largest group is 0; of equal ones that of the lowest person is first
SELECT s.place, CAST(g.number AS BIGINT) AS number FROM labels s JOIN (SELECT label, row_number() OVER (ORDER BY n DESC NULLS LAST, first NULLS LAST) - 1 AS number FROM (SELECT label, count(*) AS n, min(place) AS first FROM labels GROUP BY label) sizes) g ON g.label = s.label

-- forest_hung (kept) from parents: Each message knows what it hangs on
SELECT place, jump, coalesce(jump, place) AS root, CAST(CASE WHEN jump IS NULL THEN 0 ELSE 1 END AS BIGINT) AS depth, CAST(1 AS BIGINT) AS below FROM (SELECT place, CASE WHEN parent >= 0 AND parent < place THEN parent END AS jump FROM parents) given

-- forest_climbed (kept) from forest_hung: Twice as far above and below; repeated until all know their first message
SELECT h.place, j.jump, coalesce(j.root, h.root) AS root, h.depth + coalesce(j.depth, 0) AS depth, h.below + coalesce(g.below, 0) AS below FROM forest_hung h LEFT JOIN forest_hung j ON j.place = h.jump LEFT JOIN (SELECT jump AS place, CAST(sum(below) AS BIGINT) AS below FROM forest_hung WHERE jump IS NOT NULL GROUP BY jump) g ON g.place = h.place

-- forest (kept) from forest_climbed: First message and depth of each; mean distance between two messages of a cascade
SELECT h.place, h.root, h.depth, coalesce(v.virality, 0e0) AS virality FROM forest_climbed h LEFT JOIN (SELECT m.root, sum(CAST(m.below AS DOUBLE) * (r.below - m.below)) / (CAST(max(r.below) AS DOUBLE) * (max(r.below) - 1) / 2e0) AS virality FROM forest_climbed m JOIN forest_climbed r ON r.place = m.root WHERE r.below > 1 GROUP BY m.root) v ON v.root = h.place

