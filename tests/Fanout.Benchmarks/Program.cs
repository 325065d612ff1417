using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Micro;
using Fanout.Benchmarks.Scenarios;
using Fanout.Benchmarks.Soak;

if (args is ["micro", .. var filters])
    return MicroBenchmarks.Run(filters);
if (args is ["soak", .. var minutes])
    return await SoakCommand.RunAsync(minutes);

var options = BenchmarkOptions.Parse(args);
if (options.Problem is not null)
{
    Console.Error.WriteLine(options.Problem);
    Console.Error.WriteLine(BenchmarkOptions.Usage(AllScenarios.Names));
    return 2;
}

var comparison = new Comparison(options, Console.Error);
var findings = new List<Finding>();
foreach (var scenario in AllScenarios.Create(options).Where(scenario => options.Wants(scenario.Name)))
    findings.Add(await comparison.RunAsync(scenario));
Console.Out.Write(Table.Format(findings));
if (options.JsonPath is { } path)
    await File.WriteAllBytesAsync(path, JsonReport.Write(findings));
return 0;
