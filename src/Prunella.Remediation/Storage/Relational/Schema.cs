using Microsoft.EntityFrameworkCore;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>Applies migrations.</summary>
internal static class Schema
{
    /// <summary>Applies what is missing; refuses a store that a newer version wrote.</summary>
    /// <exception cref="StoreTooNewException">The store has a migration that this version does not know.</exception>
    public static async Task UpdateAsync(StoreContext context, string place, CancellationToken cancellation)
    {
        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellation)).ToList();
        var unknown = applied.Find(migration => !known.Contains(migration));
        if (unknown is not null) throw new StoreTooNewException(place, unknown);
        if (applied.Count < known.Count) await context.Database.MigrateAsync(cancellation);
    }
}
