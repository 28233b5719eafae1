namespace Prunella.Demo;

/// <summary>
/// A playbook as a site writes one beside those shipped. What it proposes is forbidden by the demo's policy, as a site forbids
/// what its database people keep to themselves: the gate refuses it.
/// </summary>
internal static class SitePlaybook
{
    internal const string FileName = "site-database.yaml";

    internal const string Text = """
        name: database-connections-held
        version: 1.0.0
        description: Nearly all connections of a database are held, so that nobody new can connect.
        cause: database-connections-held
        family: connections
        match:
          alerts: ['DatabaseConnectionsHeld']
        conditions:
          - metric: 'max(pg_stat_activity_count{namespace="{{target.namespace}}",deployment="{{target.name}}"} / pg_settings_max_connections{namespace="{{target.namespace}}",deployment="{{target.name}}"})'
            unit: ratio
            atLeast: 95%
            text: share of the connections in use
        confidence:
          base: 0.8
        summary: Nearly all connections of {{target.name}} are held.
        actions:
          - action: restart-database
            why: A restart ends every session that holds a connection.
        validate:
          - metric: 'max(pg_stat_activity_count{namespace="{{target.namespace}}",deployment="{{target.name}}"} / pg_settings_max_connections{namespace="{{target.namespace}}",deployment="{{target.name}}"})'
            unit: ratio
            below: 95%
            text: connections are free again
        escalateAfter: 1
        advice: Find the sessions that hold connections in pg_stat_activity and end those that idle in a transaction.
        """;
}
