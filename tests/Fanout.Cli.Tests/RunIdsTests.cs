using Fanout.Cli.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Cli.Tests;

public class RunIdsTests
{
    [Fact]
    public void Ids_SortByTime()
    {
        var time = new FakeTimeProvider(Given.Noon);
        var random = new Random(7);
        var ids = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            ids.Add(RunIds.Next(time, random));
            time.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^[0-9]{8}-[0-9]{6}-[a-z0-9]{4}$", id));
    }
}
