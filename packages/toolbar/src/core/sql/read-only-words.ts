/**
 * What may stand before a bracket in a statement that only reads: words of the language, types, and the built-in functions that
 * are known to read nothing but their arguments. A function that is not listed may write, wait or reach outside, so it is refused.
 */

const words = (text: string): string[] => text.trim().split(/\s+/)

/** language and types */
const language = words(`
  in values and or not from where on as select exists with all any some union intersect except by having limit offset over filter group
  using case when then else between like ilike similar is distinct row array join lateral materialized recursive partition order sets rollup cube
  varchar char character varying nchar nvarchar varbinary binary decimal numeric dec float double real int integer bigint smallint tinyint mediumint
  bit time timestamp timestamptz timetz datetime date interval unsigned signed bpchar grouping
`)

/** in all dialects */
const functions = words(`
  count sum avg min max coalesce nullif abs round floor ceil ceiling mod power pow sqrt exp ln log log10 log2 sign sin cos tan asin acos atan atan2 degrees
  radians pi greatest least lower upper trim ltrim rtrim length char_length character_length octet_length substr substring replace reverse
  left right lpad rpad repeat concat concat_ws instr position ascii cast extract date_part row_number rank dense_rank ntile lag lead first_value
  last_value nth_value percent_rank cume_dist hex current_date current_time current_timestamp localtime localtimestamp if iif
  trunc truncate space char md5 sha1
`)

const postgresql = words(`
  array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every bit_and bit_or stddev stddev_pop stddev_samp
  variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept percentile_cont percentile_disc mode xmlagg
  cbrt div factorial gcd lcm width_bucket scale random btrim chr initcap overlay split_part starts_with strpos to_hex translate
  format quote_ident quote_literal quote_nullable regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table
  regexp_count regexp_instr regexp_like regexp_substr encode decode sha224 sha256 sha384 sha512 to_char to_date to_number to_timestamp age clock_timestamp
  date_trunc date_bin isfinite justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz
  now statement_timestamp transaction_timestamp timeofday timezone array_append array_cat array_dims array_length array_lower array_ndims
  array_position array_positions array_prepend array_remove array_replace array_to_string array_upper cardinality string_to_array string_to_table unnest
  array_fill trim_array generate_series generate_subscripts to_json to_jsonb row_to_json array_to_json json_build_array json_build_object
  jsonb_build_array jsonb_build_object json_object jsonb_object json_array_length jsonb_array_length json_each jsonb_each json_each_text
  jsonb_each_text json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_extract_path
  json_extract_path_text jsonb_extract_path jsonb_extract_path_text json_object_keys jsonb_object_keys json_populate_record
  jsonb_populate_record json_populate_recordset jsonb_populate_recordset json_to_record jsonb_to_record json_to_recordset jsonb_to_recordset
  json_strip_nulls jsonb_strip_nulls jsonb_set jsonb_insert jsonb_pretty jsonb_path_exists jsonb_path_match jsonb_path_query
  jsonb_path_query_array jsonb_path_query_first json_typeof jsonb_typeof to_tsvector to_tsquery plainto_tsquery phraseto_tsquery
  websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight tsvector_to_array numnode querytree similarity word_similarity
  strict_word_similarity unaccent gen_random_uuid uuid_generate_v4 num_nonnulls num_nulls isempty lower_inc upper_inc lower_inf upper_inf range_merge
  int4range int8range numrange tsrange tstzrange daterange host masklen network inet_same_family family abbrev
  area box center circle diameter height line lseg path point polygon radius slope width
  version current_schema current_database pg_typeof pg_column_size pg_relation_size pg_table_size pg_total_relation_size pg_indexes_size
  pg_size_pretty pg_database_size pg_get_indexdef pg_get_constraintdef pg_get_viewdef pg_get_functiondef pg_get_expr pg_get_userbyid
  format_type col_description obj_description pg_table_is_visible to_regclass has_table_privilege pg_backend_pid
`)

const mysql = words(`
  group_concat json_arrayagg json_objectagg bit_and bit_or bit_xor std stddev stddev_pop stddev_samp variance var_pop var_samp any_value
  ifnull isnull strcmp field find_in_set elt make_set export_set format lcase ucase mid locate substring_index soundex quote
  unhex to_base64 from_base64 bin oct conv ord regexp_like regexp_replace regexp_substr regexp_instr convert crc32 sha sha2 uuid rand
  curdate curtime now sysdate utc_date utc_time utc_timestamp date datediff timediff timestampdiff timestampadd date_add date_sub adddate
  subdate addtime subtime date_format time_format str_to_date year month day week weekday weekofyear yearweek quarter hour minute second microsecond
  dayname monthname dayofmonth dayofweek dayofyear last_day makedate maketime from_days to_days to_seconds unix_timestamp from_unixtime
  sec_to_time time_to_sec convert_tz get_format period_add period_diff json_array json_object json_quote json_contains json_contains_path json_extract
  json_keys json_search json_unquote json_value json_length json_depth json_type json_valid json_set json_insert json_replace json_remove
  json_merge_patch json_merge_preserve json_array_append json_array_insert json_overlaps json_pretty json_table json_query json_exists
  inet_aton inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv6 is_uuid uuid_to_bin bin_to_uuid bit_count interval cot
  database schema version user current_user session_user connection_id found_rows charset collation coercibility
  st_distance st_distance_sphere st_within st_contains st_intersects st_astext st_asgeojson st_geomfromtext st_x st_y point
  nvl nvl2 index match against regexp rlike xor div mod
`)

const sqlite = words(`
  total group_concat string_agg ifnull likely unlikely likelihood typeof unicode printf format quote random randomblob zeroblob unhex glob like soundex
  changes total_changes last_insert_rowid date time datetime julianday unixepoch strftime timediff json json_array json_array_length json_extract json_insert
  json_object json_patch json_remove json_replace json_set json_type json_valid json_quote json_group_array json_group_object json_each
  json_tree json_pretty json_error_position jsonb jsonb_array jsonb_extract jsonb_object jsonb_group_array jsonb_group_object
  bm25 highlight snippet offsets sqlite_version acosh asinh atanh cosh sinh tanh octet_length concat if
  median percentile percentile_cont percentile_disc generate_series
`)

const make = (own: string[]): ReadonlySet<string> => new Set([...language, ...functions, ...own])

/** By dialect, in lower case. */
export const mayTakeBracket: Readonly<Record<'postgresql' | 'mysql' | 'sqlite', ReadonlySet<string>>> = {
  postgresql: make(postgresql),
  mysql: make(mysql),
  sqlite: make(sqlite),
}
