using System.Collections.Specialized;
using System.Diagnostics;
using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Quartz;
using Quartz.Impl;
using Quartz.Spi;

namespace Fanout.Benchmarks.Others;

/// <summary>Quartz: a job an item with a trigger that fires once, at once, in its store in memory.</summary>
internal sealed class QuartzJobs : IContender
{
    private const string ItemKey = "item";
    private static int _schedulers;

    public string Name => "quartz";

    public string? Note => "Quartz, in memory: survives no kill; no rate, no retries, no results";

    public double NoopsPerSecond => 25_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var countdown = new ItemCountdown(items);
        var concurrency = work.Concurrency.ToString(CultureInfo.InvariantCulture);
        var properties = new NameValueCollection
        {
            ["quartz.scheduler.instanceName"] = string.Create(CultureInfo.InvariantCulture, $"benchmark-{Interlocked.Increment(ref _schedulers)}"),
            ["quartz.threadPool.maxConcurrency"] = concurrency,
            // One at a time otherwise.
            ["quartz.scheduler.batchTriggerAcquisitionMaxCount"] = concurrency,
        };
        var scheduler = await new StdSchedulerFactory(properties).GetScheduler();
        scheduler.JobFactory = new OneJob(new QuartzItemJob(new ItemJob(work, countdown)));
        await scheduler.Start();
        try
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var (index, line) in File.ReadLines(path).Index())
            {
                var identity = index.ToString(CultureInfo.InvariantCulture);
                var job = JobBuilder.Create<QuartzItemJob>().WithIdentity(identity).UsingJobData(ItemKey, line).Build();
                await scheduler.ScheduleJob(job, TriggerBuilder.Create().WithIdentity(identity).StartNow().Build());
            }

            await countdown.Done;
            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true);
        }
    }

    private sealed class QuartzItemJob(ItemJob job) : IJob
    {
        public Task Execute(IJobExecutionContext context) => job.RunAsync(context.MergedJobDataMap.GetString(ItemKey)!);
    }

    private sealed class OneJob(IJob job) : IJobFactory
    {
        public IJob NewJob(TriggerFiredBundle bundle, IScheduler scheduler) => job;

        public void ReturnJob(IJob job)
        {
        }
    }
}
