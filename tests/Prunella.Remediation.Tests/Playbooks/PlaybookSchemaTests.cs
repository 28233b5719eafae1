using Prunella.Remediation.Playbooks;

namespace Prunella.Remediation.Tests.Playbooks;

public sealed class PlaybookSchemaTests
{
    [Fact]
    public void PublishedSchema_IsTheOneOfTheGrammar()
    {
        var path = Path.Combine(Checkout.Root, "docs", "schema", "playbook.schema.json");
        if (Environment.GetEnvironmentVariable("PRUNELLA_WRITE_SCHEMA") == "1") File.WriteAllText(path, PlaybookSchema.Write());
        File.ReadAllText(path).ShouldBe(PlaybookSchema.Write(), "run the tests once with PRUNELLA_WRITE_SCHEMA=1 and commit the file");
    }
}
