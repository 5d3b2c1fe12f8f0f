using System.Globalization;

namespace Tiketi.Pipeline.Cost;

/// <summary>What infra/schedule.yaml saves: nodes and database cost nothing while they are stopped. Disks, cache, addresses and the control plane go on.</summary>
public static class ScheduleSavings
{
    private const decimal HoursOfAWeek = 168;
    private const int WorkDays = 5;

    /// <summary>US dollars a month.</summary>
    /// <param name="estimate">The environment's, running all the time.</param>
    /// <param name="workHours">As the parameter WorkHours: "8-20".</param>
    /// <exception cref="PipelineException">The hours are not two full hours of a day, the first before the second.</exception>
    public static decimal Of(CostEstimate estimate, string workHours)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(workHours);
        if (workHours.Split('-') is not [var from, var to]
            || !int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var begin) || !int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            || begin >= end || end > 23)
        {
            throw new PipelineException($"WorkHours is '{workHours}'.", "Write two full hours of a day, the first before the second, such as 8-20.");
        }

        var stopped = 1 - WorkDays * (end - begin) / HoursOfAWeek;
        return stopped * estimate.Lines.Where(line => line is { Type: "AWS::EKS::Nodegroup", What: "nodes" } or { Type: "AWS::RDS::DBInstance", Price.Unit: "hour" }).Sum(line => line.Monthly);
    }
}
