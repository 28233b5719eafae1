using System.Text;
using CsCheck;
using Prunella.Remediation.Storage.Relational;

namespace Prunella.Remediation.Tests.Storage.Relational;

public sealed class ColumnTextTests
{
    [Fact]
    public void Of_AnyText_FitsAnIndexAndIsWhatEveryDatabaseTakes() =>
        Gen.OneOf(Gen.String, Gen.String[300, 900], Gen.Char.Array[0, 500].Select(units => new string(units))).Sample(text =>
        {
            var column = ColumnText.Of(text);
            return !column.Contains('\0') && column.Length <= ColumnText.UnitsMax
                && new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(column) <= 1_300;
        }, iter: 20_000);

    [Fact]
    public void Of_DifferentTexts_StayApart() =>
        Gen.Select(Gen.String[0, 600], Gen.String[0, 600]).Where((one, other) => one != other)
            .Sample((one, other) => ColumnText.Of(one) != ColumnText.Of(other), iter: 20_000);

    [Fact]
    public void Of_OrdinaryText_IsUnchanged() => ColumnText.Of("default/shop/Deployment/api-server").ShouldBe("default/shop/Deployment/api-server");
}
