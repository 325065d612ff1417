using Fanout.Runs;
using Fanout.Specs;
using Fanout.Tests.Specs;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class RunRecordTests
{
    [Theory]
    [InlineData("3")]
    [InlineData("\"/units\"")]
    [InlineData("{\"pointer\":\"\",\"default\":2}")]
    public void Allotment_IsReadFromAStoredSpecWithEveryField(string cost)
    {
        var spec = SpecSamples.Full;
        spec["flow"]!["cost"] = System.Text.Json.Nodes.JsonNode.Parse(cost);
        var record = new RunRecord { Id = "r", SpecJson = SpecWriter.Write(SpecSamples.Read(spec)), CreatedAt = DateTimeOffset.UnixEpoch };

        Assert.Equal(new Allotment(64, Rate.Parse("50/s"), 10), record.ReadAllotment());
    }
}
