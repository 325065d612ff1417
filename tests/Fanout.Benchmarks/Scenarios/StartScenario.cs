using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>How long the command takes to start, published trimmed and compiled ahead of time, against a program that greets the world and was published in the same way.</summary>
internal sealed class StartScenario : IScenario
{
    private const int Starts = 20;

    private const string HelloProject =
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <InvariantGlobalization>true</InvariantGlobalization>
          </PropertyGroup>
        </Project>
        """;

    public string Name => "start";

    public string Description => $"`fanout --version`, published with the profile `trimmed`, against a hello world published likewise; means of {Starts} starts";

    public Goal Goal { get; } = new("ms", Comparing.Difference, 100);

    public int Rounds => 5;

    public Task<double> MeasureOursAsync(Scratch scratch) =>
        Task.FromResult(MeanOfStarts(scratch.Shared("fanout", PublishFanout), "fanout", "--version"));

    public Task<double?> MeasureBaselineAsync(Scratch scratch) =>
        Task.FromResult<double?>(MeanOfStarts(scratch.Shared("hello", PublishHello), "hello"));

    private static double MeanOfStarts(string directory, string program, params string[] arguments) =>
        Enumerable.Range(0, Starts).Average(_ => Processes.Run(Path.Combine(directory, program), arguments).TotalMilliseconds);

    private static void PublishFanout(string directory) =>
        Publish(Path.Combine(FanoutCommand.Repository, "src/Fanout.Cli"), directory, "-p:PublishProfile=trimmed");

    private static void PublishHello(string directory)
    {
        var project = Directory.CreateDirectory($"{directory}-source").FullName;
        File.WriteAllText(Path.Combine(project, "hello.csproj"), HelloProject);
        File.WriteAllText(Path.Combine(project, "Program.cs"), """System.Console.WriteLine("Hello, world!");""");
        Publish(project, directory, "--self-contained", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true");
    }

    private static void Publish(string project, string directory, params IEnumerable<string> arguments) =>
        Processes.Run("dotnet", ["publish", project, "-c", "Release", "--use-current-runtime", "-o", directory, .. arguments]);
}
