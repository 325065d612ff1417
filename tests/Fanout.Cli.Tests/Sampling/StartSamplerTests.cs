using System.Net;
using System.Net.Sockets;
using System.Text;
using Fanout.Cli.Tests.Processes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Cli.Tests.Sampling;

public sealed class StartSamplerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task LinesOfSeveralConnections_AreCountedWhenTheyAreAnswered()
    {
        await using var sampler = new StartSampler(_time);
        using var one = await Client.ConnectAsync(sampler);
        using var two = await Client.ConnectAsync(sampler);
        await one.SayAsync("start a 0 1");
        _time.Advance(TimeSpan.FromSeconds(1));
        await two.SayAsync("start b 0 3");
        await one.SayAsync("end a 0");
        await one.SayAsync("start a 0 1");
        Assert.Equal(
            [new Sample(TimeSpan.Zero, "a", 1), new Sample(TimeSpan.FromSeconds(1), "b", 3), new Sample(TimeSpan.FromSeconds(1), "a", -1), new Sample(TimeSpan.FromSeconds(1), "a", 1)],
            sampler.Work.Samples);
        Assert.Equal((4, 3), (sampler.Work.MostInFlight(), sampler.Work.Starts));
    }

    [Fact]
    public async Task ConnectionThatCloses_EndsItsItemsAndNoOthers()
    {
        await using var sampler = new StartSampler(_time);
        using var stays = await Client.ConnectAsync(sampler);
        using (var dies = await Client.ConnectAsync(sampler))
        {
            await stays.SayAsync("start a 0 1");
            await dies.SayAsync("start a 1 2");
            await dies.SayAsync("start b 0 4");
            Assert.Equal(7, sampler.Work.MostInFlight());
        }

        await sampler.UntilInFlightAsync(1);
        Assert.Equal(0, sampler.Work.Samples.Where(sample => sample.Run == "b").Sum(sample => sample.Units));
    }

    [Fact]
    public async Task ProcessesThatAreKilled_AreSampledToTheirEnd()
    {
        using var home = new ProcessHome();
        await using var sampler = new StartSampler(TimeProvider.System);
        string[] command =
            ["run", "--range", "0..1000", "--id", "r", "--home", home.Path, "--handler", "sampled", "--set", $"sampler={sampler.Address}", "--set", "work=20", "--concurrency", "4", "--quiet"];
        await using (var killed = home.Start(command))
        {
            await sampler.UntilStartsAsync(50);
            await killed.KillAsync();
        }

        await sampler.UntilInFlightAsync(0);
        var before = sampler.Work.Starts;
        await using var heir = home.Start(command);
        await sampler.UntilStartsAsync(before + 50);
        await heir.KillAsync();
        await sampler.UntilInFlightAsync(0);
        Assert.Equal(["r"], sampler.Work.Runs);
        Assert.Equal(4, sampler.Work.MostInFlight());
    }

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _client = new();
        private StreamReader _answers = StreamReader.Null;

        public static async Task<Client> ConnectAsync(StartSampler sampler)
        {
            var client = new Client();
            await client._client.ConnectAsync(IPEndPoint.Parse(sampler.Address));
            client._answers = new StreamReader(client._client.GetStream());
            return client;
        }

        public async Task SayAsync(string line)
        {
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
            Assert.Equal("ok", await _answers.ReadLineAsync());
        }

        public void Dispose()
        {
            _answers.Dispose();
            _client.Dispose();
        }
    }
}
