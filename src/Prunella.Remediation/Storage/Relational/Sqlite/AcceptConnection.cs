using Microsoft.Data.Sqlite;

namespace Prunella.Remediation.Storage.Relational.Sqlite;

/// <summary>The connection that signals are written by, with its statement prepared once. Used by one thread at a time.</summary>
internal sealed class AcceptConnection : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand insert;
    private readonly SqliteParameter id;
    private readonly SqliteParameter identity;
    private readonly SqliteParameter document;

    public AcceptConnection(string connectionString, SqliteDialect.Pragmas pragmas)
    {
        connection = new SqliteConnection(connectionString);
        connection.Open();
        pragmas.Apply(connection);
        insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO signals (id, identity, assigned, document) VALUES ($id, $identity, 0, $document) ON CONFLICT (identity) DO NOTHING";
        id = insert.Parameters.Add("$id", SqliteType.Text);
        identity = insert.Parameters.Add("$identity", SqliteType.Text);
        document = insert.Parameters.Add("$document", SqliteType.Text);
    }

    /// <summary>Inserts in one transaction, durable when this returns.</summary>
    /// <returns>For each request, how many of its signals were new.</returns>
    public int[] Insert(IReadOnlyList<AcceptRequest> requests)
    {
        var added = new int[requests.Count];
        using var transaction = connection.BeginTransaction();
        insert.Transaction = transaction;
        for (var index = 0; index < requests.Count; index++)
        {
            var request = requests[index];
            for (var signal = 0; signal < request.Ids.Length; signal++)
            {
                id.Value = request.Ids[signal];
                identity.Value = request.Identities[signal];
                document.Value = request.Documents[signal];
                added[index] += insert.ExecuteNonQuery();
            }
        }
        transaction.Commit();
        return added;
    }

    public void Dispose()
    {
        insert.Dispose();
        connection.Dispose();
    }
}
